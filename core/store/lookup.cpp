#include "core/store/lookup.h"

#include <hdf5.h>

#include <algorithm>

#include "core/error.h"
#include "core/store/scale.h"

namespace strang::store {
namespace {

herr_t add_name(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

std::vector<std::string> links_in(std::string_view where, Id group) {
  std::vector<std::string> names;
  call(where, "cannot list",
       [&] { return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, add_name, &names); });
  return names;
}

std::string parent_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t limit = 20;
  if (names.empty()) return "nothing";
  if (names.size() <= limit) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{} and {} more", fmt::join(names.begin(), names.begin() + limit, ", "),
                     names.size() - limit);
}

std::string_view kind_name(Kind kind) { return kind == Kind::group ? "group" : "dataset"; }

[[noreturn]] void throw_missing(std::string_view file, Id object, const std::string& path,
                                Kind kind) {
  std::string missing = path;
  while (parent_of(missing) != "/" && !exists(object, parent_of(missing)))
    missing = parent_of(missing);
  const std::string parent = parent_of(missing);
  const Handle folder(
      call(file, "cannot open", [&] { return H5Oopen(object, parent.c_str(), H5P_DEFAULT); }),
      H5Oclose);
  const std::string start = fmt::format("{}: no {} {}", file, kind_name(kind), path);
  require(H5Iget_type(folder.get()) == H5I_GROUP, "{}; {} is a dataset", start, parent);
  std::vector<std::string> names = names_in(file, folder.get(), Kind::group);
  for (std::string& name : names_in(file, folder.get(), Kind::dataset))
    names.push_back(std::move(name));
  throw UsageError(fmt::format("{}; group {} holds {}{}", start, parent, listed(names),
                               did_you_mean(missing.substr(missing.rfind('/') + 1), names)));
}

}  // namespace

bool exists(Id object, const std::string& path) {
  silence_hdf5();
  if (path == "/") return true;
  // H5Lexists wants every part before the last to exist.
  for (std::size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    if (H5Lexists(object, part.c_str(), H5P_DEFAULT) <= 0 ||
        H5Oexists_by_name(object, part.c_str(), H5P_DEFAULT) <= 0)
      return false;
  }
  return true;
}

std::vector<std::string> names_in(std::string_view where, Id group, Kind kind) {
  std::vector<std::string> names;
  for (std::string& name : links_in(where, group)) {
    const Handle child(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose);
    const H5I_type_t type = H5Iget_type(child.get());
    if (kind == Kind::group ? type == H5I_GROUP
                            : type == H5I_DATASET && !is_plain_scale(child.get()))
      names.push_back(std::move(name));
  }
  return names;
}

Handle open_existing(std::string_view file, Id object, const std::string& path, Kind kind) {
  if (!exists(object, path)) throw_missing(file, object, path, kind);
  Handle handle(call(fmt::format("{}: {}", file, path), "cannot open",
                     [&] { return H5Oopen(object, path.c_str(), H5P_DEFAULT); }),
                H5Oclose);
  const bool is_group = H5Iget_type(handle.get()) == H5I_GROUP;
  const Kind found = is_group ? Kind::group : Kind::dataset;
  require(found == kind, "{}: {} is a {}, expected a {}", file, path, kind_name(found),
          kind_name(kind));
  return handle;
}

}  // namespace strang::store
