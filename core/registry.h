#pragma once

#include <algorithm>
#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/options.h"
#include "core/sampling/dataset.h"
#include "core/sampling/extractor.h"
#include "core/sampling/integrator.h"
#include "core/sampling/model.h"
#include "core/sampling/optimizer.h"
#include "core/sampling/process.h"
#include "core/sampling/schedule.h"

namespace strang {

class Registry;

// A plugin built from a configuration, with all its options as they came out.
template <class Interface>
struct Built {
  std::unique_ptr<Interface> object;
  config::Node options;  // map with "name" and every option
};

// What is known of one plugin.
template <class Interface>
struct Entry {
  std::string name;
  std::string summary;  // what it is, with paper and equation
  // Throws UsageError on wrong options.
  std::function<Built<Interface>(const config::Node&, const std::string& where, const Registry&)>
      build;
  std::function<std::vector<OptionHelp>()> help;
  std::function<config::Node()> defaults;  // map with "name" and every option
};

// The plugins of one kind, in order of registration.
template <class Interface>
class Catalog {
 public:
  explicit Catalog(std::string kind) : kind_(std::move(kind)) {}

  const std::string& kind() const { return kind_; }
  const std::vector<Entry<Interface>>& entries() const { return entries_; }

  void add(Entry<Interface> entry) {
    require(find(entry.name) == nullptr, "two plugins call themselves {} '{}'", kind_, entry.name);
    entries_.push_back(std::move(entry));
  }

  const Entry<Interface>* find(const std::string& name) const {
    const auto same = [&](const Entry<Interface>& entry) { return entry.name == name; };
    const auto found = std::find_if(entries_.begin(), entries_.end(), same);
    return found == entries_.end() ? nullptr : &*found;
  }

  // Builds the plugin that the map's key "name" asks for; a word stands for {name: word}. `where`
  // is the map's path, for messages.
  Built<Interface> build(const config::Node& given, const std::string& where,
                         const Registry& registry) const {
    config::Node node = given;
    if (given.is_string()) {
      node = config::Node(config::Node::Map{}, given.origin());
      node.set("name", given);
    }
    const config::Node* name = node.find("name");
    require(name != nullptr && name->is_string(), "{}: '{}' needs a key 'name': one of {}",
            node.origin().describe(), where, fmt::join(names(), ", "));
    const std::string& text = std::get<std::string>(name->value());
    const Entry<Interface>* entry = find(text);
    require(entry != nullptr, "{}: there is no {} '{}'{}; registered are {}",
            name->origin().describe(), kind_, text, did_you_mean(text, names()),
            fmt::join(names(), ", "));
    return entry->build(node, where, registry);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const Entry<Interface>& entry : entries_) names.push_back(entry.name);
    return names;
  }

 private:
  std::string kind_;
  std::vector<Entry<Interface>> entries_;
};

// Every plugin of a program. A value: the caller makes one and fills it with the generated tables.
class Registry {
 public:
  Catalog<Process> processes{"process"};
  Catalog<Schedule> schedules{"schedule"};
  Catalog<Integrator> integrators{"integrator"};
  Catalog<Model> models{"model"};
  Catalog<Dataset> datasets{"dataset"};
  Catalog<Extractor> features{"features"};
  Catalog<Optimizer> optimizers{"optimizer"};

  // Calls f(catalog) for every kind.
  template <class F>
  void for_each(F f) const {
    f(processes);
    f(schedules);
    f(integrators);
    f(models);
    f(datasets);
    f(features);
    f(optimizers);
  }
};

// The entry of a plugin whose class is its options: a default-constructible class with a member
// `void fields(OptionVisitor&)`, that either is the interface or has a member `build(const
// Registry&)` that makes it.
template <class Interface, class Plugin, class Make>
Entry<Interface> make_entry(std::string name, std::string summary, Make make) {
  const auto named = [name](config::Node options) {
    config::Node node{config::Node::Map{}};
    node.set("name", config::Node(name));
    for (const auto& [key, value] : options.map()) node.set(key, value);
    return node;
  };
  Entry<Interface> entry{name, std::move(summary), {}, {}, {}};
  entry.build = [named, make](const config::Node& node, const std::string& where,
                              const Registry& registry) {
    Plugin plugin;
    const Fields fields = [&](OptionVisitor& visitor) { plugin.fields(visitor); };
    read_options(node, where, fields);
    config::Node options = named(write_options(fields));
    return Built<Interface>{make(std::move(plugin), registry), std::move(options)};
  };
  entry.help = [] {
    Plugin plugin;
    return list_options([&](OptionVisitor& visitor) { plugin.fields(visitor); });
  };
  entry.defaults = [named] {
    Plugin plugin;
    return named(write_options([&](OptionVisitor& visitor) { plugin.fields(visitor); }));
  };
  return entry;
}

// Makes the interface from the plugin itself, or by its member `build`.
template <class Interface, class Plugin>
Entry<Interface> make_entry(std::string name, std::string summary) {
  return make_entry<Interface, Plugin>(
      std::move(name), std::move(summary),
      [](Plugin plugin, [[maybe_unused]] const Registry& registry) -> std::unique_ptr<Interface> {
        if constexpr (std::derived_from<Plugin, Interface>)
          return std::make_unique<Plugin>(std::move(plugin));
        else
          return plugin.build(registry);
      });
}

template <class Method>
Entry<Integrator> make_integrator_entry(std::string name, std::string summary,
                                        IntegratorTraits traits) {
  return make_entry<Integrator, Method>(
      std::move(name), std::move(summary), [traits](Method method, const Registry&) {
        return std::make_unique<IntegratorOf<Method>>(std::move(method), traits);
      });
}

}  // namespace strang
