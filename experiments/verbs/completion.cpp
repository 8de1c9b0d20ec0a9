#include <algorithm>
#include <cstdio>
#include <set>

#include "core/error.h"
#include "experiments/command_line.h"
#include "experiments/spec.h"
#include "experiments/verbs/verbs.h"

namespace strang {
namespace {

// The shells call `strang __complete WORD...` with the words behind the program's name; the last
// one is being typed. It prints candidates for it, one a line.
constexpr const char* bash = R"(_strang() {
  local line=${COMP_LINE:0:COMP_POINT} words
  read -ra words <<<"$line"
  [[ $line == *' ' ]] && words+=('')
  local current=${words[-1]} IFS=$'\n'
  COMPREPLY=($("${words[0]}" __complete "${words[@]:1}" 2>/dev/null))
  local kept=${current%"${current##*[=:]}"}  # bash replaces what stands behind the last = or :
  COMPREPLY=("${COMPREPLY[@]#"$kept"}")
  if [[ ${COMPREPLY[0]-} == *[=.] ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _strang strang
)";
constexpr const char* zsh = R"(#compdef strang
_strang() {
  local -a candidates
  candidates=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -Q -S '' -- ${(M)candidates:#*[=.]}  # more is to be typed
  compadd -Q -- ${candidates:#*[=.]}
}
compdef _strang strang
)";
constexpr const char* fish =
    "complete -c strang -f -a '(strang __complete (commandline -opc)[2..] (commandline -ct) "
    "2>/dev/null)'\n";

using Words = std::vector<std::string>;

Words flags() {
  Words names;
  const std::string text = CommandLine::help_text();
  for (std::size_t at = text.find("--"); at != std::string::npos; at = text.find("--", at + 2)) {
    const std::size_t end = text.find_first_of(" \n", at);
    names.push_back(text.substr(at, end - at));
  }
  return names;
}

// The values of an option of the spec that are words: "one of a, b".
Words allowed_words(const std::string& key) {
  constexpr std::string_view mark = "one of ";
  for (const OptionHelp& option : spec_help()) {
    if (option.name != key || !option.allowed.starts_with(mark)) continue;
    Words words;
    std::string word;
    for (const char c : option.allowed.substr(mark.size()) + ",") {
      if (c == ' ') continue;
      if (c != ',') word += c;
      if (c == ',') words.push_back(std::exchange(word, ""));
    }
    return words;
  }
  return {};
}

class Completer {
 public:
  Completer(const CommandLine& line, Registry& registry)
      : composer_(line, registry), config_(composer_.compose(line.overrides).config) {}

  Words overrides(const std::string& word) const {
    const std::size_t sign = word.find_first_not_of("+~");
    const std::string prefix = word.substr(0, sign);
    const std::string rest = sign == std::string::npos ? "" : word.substr(sign);
    const std::size_t equals = rest.find('=');
    Words all = equals == std::string::npos
                    ? keys(rest)
                    : values(rest.substr(0, equals), rest.substr(equals + 1));
    for (std::string& one : all) one.insert(0, prefix);
    return all;
  }

 private:
  Words values(const std::string& key, const std::string& typed) const {
    Words words = composer_.search_path().options(key.substr(0, key.find('@')));
    if (words.empty()) words = allowed_words(key);
    const config::Node* value = config_.at_path(key);
    if (words.empty() && value != nullptr && value->is_bool()) words = {"true", "false"};
    const std::size_t comma = typed.rfind(',');  // several values: the last one is being typed
    const std::string start =
        key + "=" + (comma == std::string::npos ? "" : typed.substr(0, comma + 1));
    for (std::string& word : words) word.insert(0, start);
    return words;
  }

  Words keys(const std::string& typed) const {
    Words all;
    const std::size_t dot = typed.rfind('.');
    const std::string parent = dot == std::string::npos ? "" : typed.substr(0, dot);
    const config::Node* node = parent.empty() ? &config_ : config_.at_path(parent);
    if (node != nullptr && node->is_map())
      for (const auto& [name, value] : node->map()) {
        const std::string key = (parent.empty() ? "" : parent + ".") + std::string(name);
        if (value.is_map()) all.push_back(key + ".");
        if (!value.is_map() || composer_.search_path().has_group(key)) all.push_back(key + "=");
      }
    for (const std::string& group : composer_.search_path().groups("")) all.push_back(group + "=");
    return all;
  }

  Composer composer_;
  config::Node config_;
};

Words plugin_names(const Registry& registry, bool kinds) {
  Words names;
  registry.for_each([&](const auto& catalog) {
    if (kinds) names.push_back(catalog.kind());
    if (kinds) return;
    for (const std::string& name : catalog.names()) names.push_back(name);
  });
  return names;
}

Words candidates(const Words& words, Registry& registry) {
  if (words.size() <= 1) return verb_names();
  const std::string &verb = words[0], &current = words.back();
  if (verb == "list") return plugin_names(registry, true);
  if (verb == "describe") return plugin_names(registry, false);
  if (verb == "completion") return {"bash", "zsh", "fish"};
  const Words composing = {"run", "sweep", "explain", "step", "compose"};
  if (std::find(composing.begin(), composing.end(), verb) == composing.end()) return {};
  if (current.starts_with("-")) return flags();
  CommandLine line;  // choices on the line decide which keys there are
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    const bool group = words[i].find('=') != std::string::npos &&
                       words[i].find_first_of(",(") == std::string::npos;
    if (group) line.overrides.push_back(words[i]);
  }
  Words all;
  try {
    all = Completer(line, registry).overrides(current);
  } catch (const UsageError&) {  // a mistake earlier on the line
    all = Completer({}, registry).overrides(current);
  }
  if (verb == "sweep" && words.size() == 2) all.insert(all.end(), {"status", "retry"});
  return all;
}

}  // namespace

// `strang __complete WORD...`: for the scripts of `strang completion`.
int verb_complete(const std::vector<std::string>& words, Registry& registry) {
  const std::string current = words.empty() ? "" : words.back();
  std::set<std::string> shown;
  for (const std::string& word : candidates(words, registry))
    if (word.starts_with(current) && shown.insert(word).second) std::printf("%s\n", word.c_str());
  return 0;
}

// `strang completion bash|zsh|fish`: a script for the shell, as in
// `source <(strang completion bash)`.
int verb_completion(const std::vector<std::string>& words, Registry&) {
  const std::string shell = words.empty() ? "" : words[0];
  require(words.size() == 1 && (shell == "bash" || shell == "zsh" || shell == "fish"),
          "strang completion takes one shell: bash, zsh or fish{}",
          did_you_mean(shell, {"bash", "zsh", "fish"}));
  std::fputs(shell == "bash" ? bash : shell == "zsh" ? zsh : fish, stdout);
  return 0;
}

}  // namespace strang
