#include "core/files/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "core/error.h"
#include "core/hash.h"
#include "core/tensor.h"

namespace strang::files {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t longest_header = 100'000'000;  // the format's own limit
constexpr std::size_t prefix = 8;

const std::map<std::string, at::ScalarType>& element_types() {
  static const std::map<std::string, at::ScalarType> types = {
      {"F64", at::kDouble}, {"F32", at::kFloat}, {"F16", at::kHalf},  {"BF16", at::kBFloat16},
      {"I64", at::kLong},   {"I32", at::kInt},   {"I16", at::kShort}, {"I8", at::kChar},
      {"U8", at::kByte},    {"BOOL", at::kBool}};
  return types;
}

std::uint64_t little_endian(const Bytes& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = prefix; i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

// The header as JSON. Refuses a name that occurs twice and anything nested deeper than a shape.
Json parse(const std::string& where, std::string_view text) {
  std::vector<std::set<std::string>> seen(4);
  const auto inspect = [&](int depth, Json::parse_event_t event, Json& value) {
    require(depth <= 3, "{}: the header is nested too deeply for safetensors", where);
    if (event == Json::parse_event_t::object_start) seen[static_cast<std::size_t>(depth)].clear();
    if (event == Json::parse_event_t::key && depth > 0)
      require(seen[static_cast<std::size_t>(depth) - 1].insert(value.get<std::string>()).second,
              "{}: the header holds the name '{}' twice", where, value.get<std::string>());
    return true;
  };
  try {
    return Json::parse(text, inspect);
  } catch (const Json::exception& error) {
    throw UsageError(fmt::format("{}: the header is no JSON: {}", where, error.what()));
  }
}

std::vector<std::int64_t> read_counts(const std::string& where, const Json& tensor,
                                      const char* key) {
  const auto list = tensor.find(key);
  require(list != tensor.end() && list->is_array(), "{}: '{}' must be a list of integers", where,
          key);
  std::vector<std::int64_t> counts;
  for (const Json& count : *list) {
    require(count.is_number_unsigned() && count.get<std::uint64_t>() <= INT64_MAX,
            "{}: '{}' holds {}, allowed are integers from 0 on", where, key, count.dump());
    counts.push_back(count.get<std::int64_t>());
  }
  return counts;
}

at::ScalarType read_type(const std::string& where, const Json& tensor) {
  const auto dtype = tensor.find("dtype");
  require(dtype != tensor.end() && dtype->is_string(), "{}: has no 'dtype'", where);
  const auto type = element_types().find(dtype->get<std::string>());
  require(type != element_types().end(),
          "{}: dtype '{}'; allowed are F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL", where,
          dtype->get<std::string>());
  return type->second;
}

// Bytes of a packed tensor, where empty axes count as one element (no stride may overflow either).
std::int64_t span_of(const std::string& where, const std::vector<std::int64_t>& shape,
                     std::int64_t element) {
  std::int64_t size = element;
  for (const std::int64_t length : shape)
    require(!__builtin_mul_overflow(size, std::max<std::int64_t>(length, 1), &size),
            "{}: the shape [{}] overflows", where, fmt::join(shape, ", "));
  return size;
}

// Offsets must lie in the data and go with the shape.
void check_span(const std::string& where, at::ScalarType type,
                const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& span,
                std::size_t available) {
  require(span.size() == 2 && span[0] <= span[1],
          "{}: 'data_offsets' [{}] must be a begin and an end behind it", where,
          fmt::join(span, ", "));
  require(static_cast<std::uint64_t>(span[1]) <= available,
          "{}: ends at byte {}, but the file holds {} bytes of data (truncated?)", where, span[1],
          available);
  const std::int64_t full =
      span_of(where, shape, static_cast<std::int64_t>(c10::elementSize(type)));
  const bool empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
  require((empty ? 0 : full) == span[1] - span[0],
          "{}: {} [{}] needs {} bytes, its offsets span {}", where, c10::toString(type),
          fmt::join(shape, ", "), empty ? 0 : full, span[1] - span[0]);
}

}  // namespace

Safetensors Safetensors::read(const std::filesystem::path& path) {
  Safetensors file;
  file.where_ = path.string();
  file.bytes_ = read_bytes(path);
  const Bytes& bytes = file.bytes_;
  require(bytes.size() >= prefix, "{}: {} bytes are too few for safetensors", file.where_,
          bytes.size());
  const std::uint64_t length = little_endian(bytes);
  require(length <= longest_header,
          "{}: not a safetensors file, or damaged: its header would have {} bytes, allowed are {}",
          file.where_, length, longest_header);
  require(length <= bytes.size() - prefix, "{}: truncated: {} bytes, the header alone has {}",
          file.where_, bytes.size(), length + prefix);
  file.sha256_ = sha256_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  file.parse_header(length);
  file.check_layout(prefix + length);
  return file;
}

void Safetensors::parse_header(std::size_t length) {
  const Json header =
      parse(where_, {reinterpret_cast<const char*>(bytes_.data()) + prefix, length});
  require(header.is_object(), "{}: the header must be a JSON object, found {}", where_,
          header.type_name());
  const std::size_t first = prefix + length;
  for (const auto& [name, value] : header.items()) {
    const std::string where = fmt::format("{}: {}", where_, name);
    require(value.is_object(), "{}: must be a JSON object, found {}", where, value.type_name());
    if (name == "__metadata__") {
      for (const auto& [key, text] : value.items()) {
        require(text.is_string(), "{}: '{}' must be a text", where, key);
        metadata_[key] = text.get<std::string>();
      }
      continue;
    }
    const std::vector<std::int64_t> shape = read_counts(where, value, "shape");
    const std::vector<std::int64_t> span = read_counts(where, value, "data_offsets");
    const at::ScalarType type = read_type(where, value);
    check_span(where, type, shape, span, bytes_.size() - first);
    entries_[name] = {type, shape, first + static_cast<std::size_t>(span[0]),
                      first + static_cast<std::size_t>(span[1])};
  }
}

void Safetensors::check_layout(std::size_t data) const {
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const auto& [name, entry] : entries_) order.emplace_back(entry.begin, name);
  std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    const Entry &x = entries_.at(a.second), &y = entries_.at(b.second);
    return std::pair(x.begin, x.end) < std::pair(y.begin, y.end);
  });
  std::size_t reached = data;
  for (const auto& [begin, name] : order) {
    require(begin >= reached, "{}: {}: overlaps the tensor before it: begins at byte {}, not {}",
            where_, name, begin - data, reached - data);
    require(begin == reached, "{}: {}: begins at byte {}, but the data before it end at {}: a gap",
            where_, name, begin - data, reached - data);
    reached = entries_.at(name).end;
  }
  require(reached == bytes_.size(), "{}: {} bytes after the last tensor", where_,
          bytes_.size() - reached);
}

std::vector<std::string> Safetensors::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

at::Tensor Safetensors::tensor(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end())
    throw UsageError(
        fmt::format("{}: holds no tensor '{}'{}", where_, name, did_you_mean(name, names())));
  const Entry& entry = found->second;
  at::Tensor tensor = at::empty(entry.shape, entry.type);
  if (entry.end > entry.begin)
    std::memcpy(tensor.mutable_data_ptr(), bytes_.data() + entry.begin, entry.end - entry.begin);
  return tensor;
}

at::Tensor Safetensors::tensor(const std::string& name,
                               const std::vector<std::int64_t>& shape) const {
  at::Tensor found = tensor(name);
  require(found.sizes().vec() == shape, "{}: {}: shape [{}], expected [{}]", where_, name,
          fmt::join(found.sizes(), ", "), fmt::join(shape, ", "));
  return found;
}

}  // namespace strang::files
