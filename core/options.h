#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/config/node.h"

namespace strang {

// What a number or a word may be. Printed in help, checked when read.
struct Allowed {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool open_low = false, open_high = false;
  std::vector<std::string> words;

  bool admits(double value) const;
  // "in [0, 1]", "> 0", "one of lower, upper"; empty when everything is allowed.
  std::string describe() const;
};

// Visits the options of a plugin or of the spec. One function `fields` of an options struct serves
// reading, help and writing:
//   void fields(OptionVisitor& v) { v.field("eta", eta, "0 deterministic, 1 ancestral").in(0, 1); }
class OptionVisitor {
 public:
  // Returned by `field` to say what is allowed.
  class Constraint {
   public:
    Constraint(OptionVisitor& visitor, std::string name)
        : visitor_(visitor), name_(std::move(name)) {}
    void in(double low, double high) { set({.low = low, .high = high}); }
    void above(double low) { set({.low = low, .open_low = true}); }
    void at_least(double low) { set({.low = low}); }
    void one_of(std::vector<std::string> words) { set({.words = std::move(words)}); }

   private:
    void set(Allowed allowed) { visitor_.constrain(name_, allowed); }
    OptionVisitor& visitor_;
    std::string name_;
  };

  virtual ~OptionVisitor() = default;

  template <class T>
  Constraint field(const std::string& name, T& value, const std::string& help) {
    visit(name, value, help);
    return Constraint(*this, name);
  }
  // A file: relative to the file that names it, or to the working directory on the command line.
  void path(const std::string& name, std::string& value, const std::string& help) {
    visit_path(name, value, help);
  }

 protected:
  virtual void visit(const std::string& name, double& value, const std::string& help) = 0;
  virtual void visit(const std::string& name, int& value, const std::string& help) = 0;
  virtual void visit(const std::string& name, std::int64_t& value, const std::string& help) = 0;
  virtual void visit(const std::string& name, bool& value, const std::string& help) = 0;
  virtual void visit(const std::string& name, std::string& value, const std::string& help) = 0;
  virtual void visit(const std::string& name, std::vector<double>& value,
                     const std::string& help) = 0;
  virtual void visit(const std::string& name, std::vector<std::int64_t>& value,
                     const std::string& help) = 0;
  virtual void visit(const std::string& name, std::vector<std::string>& value,
                     const std::string& help) = 0;
  // null: absent
  virtual void visit(const std::string& name, std::optional<double>& value,
                     const std::string& help) = 0;
  virtual void visit(const std::string& name, std::optional<std::int64_t>& value,
                     const std::string& help) = 0;
  // A part of the tree that the plugin reads itself.
  virtual void visit(const std::string& name, config::Node& value, const std::string& help) = 0;
  virtual void visit_path(const std::string& name, std::string& value, const std::string& help) = 0;
  virtual void constrain(const std::string& name, const Allowed& allowed) = 0;
};

// A plugin's or the spec's options as a function of a visitor.
using Fields = std::function<void(OptionVisitor&)>;

// Fills the options from a map. `where` names the map in messages ("integrator"); the key "name" is
// the caller's. Throws UsageError at a wrong type, a value outside its range or an unknown key,
// with its origin, what is allowed and the nearest names.
void read_options(const config::Node& node, const std::string& where, const Fields& fields);

// The options as a map that reads back to the same values.
config::Node write_options(const Fields& fields);

// One option, as help prints it.
struct OptionHelp {
  std::string name, type, default_value, allowed, help;
};
std::vector<OptionHelp> list_options(const Fields& fields);

// A list of numbers, or nested lists of one shape, as its row-major entries and its shape.
struct NumberArray {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
};
// Throws UsageError unless `node` is a number or nested lists of numbers of equal lengths.
NumberArray read_numbers(const config::Node& node, const std::string& where);

}  // namespace strang
