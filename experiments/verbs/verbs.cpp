#include "experiments/verbs/verbs.h"

namespace strang {

const std::map<std::string, Verb>& verbs() {
  static const std::map<std::string, Verb> all = {
      {"__complete", verb_complete},    //
      {"analyze", verb_analyze},        //
      {"completion", verb_completion},  //
      {"compose", verb_compose},        //
      {"describe", verb_describe},      //
      {"diff", verb_diff},              //
      {"explain", verb_explain},        //
      {"features", verb_features},      //
      {"fit", verb_fit},                //
      {"forward", verb_forward},        //
      {"list", verb_list},              //
      {"run", verb_run},                //
      {"step", verb_step},              //
      {"sweep", verb_sweep},            //
  };
  return all;
}

std::vector<std::string> verb_names() {
  std::vector<std::string> names;
  for (const auto& [name, function] : verbs())
    if (!name.starts_with("_")) names.push_back(name);
  return names;
}

}  // namespace strang
