#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace strang::store {

// What an element of an array in memory, or of a dataset that strang writes, may be. Booleans are
// uint8 (0 or 1), so that every reader understands them.
enum class ElementType { float32, float64, int64, int32, uint8 };

std::size_t element_size(ElementType type);       // bytes
std::string_view element_name(ElementType type);  // "float32", as NumPy spells it

template <class T>
concept Element = std::same_as<T, float> || std::same_as<T, double> ||
    std::same_as<T, std::int64_t> || std::same_as<T, std::int32_t> || std::same_as<T, std::uint8_t>;

template <Element T>
constexpr ElementType element_type() {
  if constexpr (std::same_as<T, float>) return ElementType::float32;
  if constexpr (std::same_as<T, double>) return ElementType::float64;
  if constexpr (std::same_as<T, std::int64_t>) return ElementType::int64;
  if constexpr (std::same_as<T, std::int32_t>) return ElementType::int32;
  if constexpr (std::same_as<T, std::uint8_t>) return ElementType::uint8;
}

// Lengths of the axes, slowest first. An empty shape is a scalar: one element.
using Shape = std::vector<std::int64_t>;

std::int64_t element_count(const Shape& shape);
std::string shape_text(const Shape& shape);  // "[19, 16, 2]"

// The block of a dataset that starts at `start` and extends over `count`; both have its rank.
struct Slab {
  Shape start;
  Shape count;
};

// Packed row-major memory that a write takes. A view owns nothing: a tensor becomes one by its
// element type, data pointer and number of elements.
struct ConstView {
  ElementType type;
  const void* data;
  std::int64_t elements;

  ConstView(ElementType type, const void* data, std::int64_t elements)
      : type(type), data(data), elements(elements) {}
  template <Element T>
  ConstView(std::span<const T> values)
      : ConstView(element_type<T>(), values.data(), std::ssize(values)) {}
  template <Element T>
  ConstView(const std::vector<T>& values) : ConstView(std::span<const T>(values)) {}
};

// Packed row-major memory that a read fills.
struct View {
  ElementType type;
  void* data;
  std::int64_t elements;

  View(ElementType type, void* data, std::int64_t elements)
      : type(type), data(data), elements(elements) {}
  template <Element T>
  View(std::span<T> values) : View(element_type<T>(), values.data(), std::ssize(values)) {}
  template <Element T>
  View(std::vector<T>& values) : View(std::span<T>(values)) {}
};

}  // namespace strang::store
