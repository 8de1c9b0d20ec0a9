#include "analysis/sheet.h"

#include <png.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/files/durable.h"

namespace strang::analysis {
namespace {

constexpr std::uint8_t gap = 128;

std::uint8_t to_byte(double value, const SheetOptions& options) {
  const double scaled =
      std::floor(255 * (value - options.low) / (options.high - options.low) + 0.5);
  if (!(scaled > 0)) return 0;  // NaN as well
  return static_cast<std::uint8_t>(std::min(scaled, 255.0));
}

void check(const ImageShape& shape, const SheetOptions& options, std::int64_t values) {
  require(shape.count > 0 && shape.height > 0 && shape.width > 0 &&
              (shape.channels == 1 || shape.channels == 3),
          "sheet: shape [{}, {}, {}, {}]; images are [n, 1 or 3, height, width]", shape.count,
          shape.channels, shape.height, shape.width);
  require(shape.count * shape.channels * shape.height * shape.width == values,
          "sheet: {} values for the shape [{}, {}, {}, {}]", values, shape.count, shape.channels,
          shape.height, shape.width);
  require(options.low < options.high && options.columns >= 0,
          "sheet: range [{}, {}] and {} columns; low < high and columns >= 0 are allowed",
          options.low, options.high, options.columns);
}

// Writes one image, channel by channel, into the raster at (top, left).
template <class T>
void place(Raster& raster, std::span<const T> image, const ImageShape& shape, std::int64_t top,
           std::int64_t left, const SheetOptions& options) {
  std::size_t source = 0;
  for (std::int64_t channel = 0; channel < shape.channels; ++channel)
    for (std::int64_t y = 0; y < shape.height; ++y)
      for (std::int64_t x = 0; x < shape.width; ++x) {
        const std::int64_t pixel = (top + y) * raster.width + left + x;
        raster.pixels[static_cast<std::size_t>(pixel * shape.channels + channel)] =
            to_byte(static_cast<double>(image[source++]), options);
      }
}

template <class T>
Raster lay_out(std::span<const T> images, const ImageShape& shape, const SheetOptions& options) {
  check(shape, options, std::ssize(images));
  const auto square =
      static_cast<std::int64_t>(std::ceil(std::sqrt(static_cast<double>(shape.count))));
  const std::int64_t columns =
      std::min(options.columns > 0 ? options.columns : square, shape.count);
  const std::int64_t rows = (shape.count + columns - 1) / columns;
  Raster raster{.height = rows * (shape.height + 1) - 1,
                .width = columns * (shape.width + 1) - 1,
                .channels = shape.channels};
  raster.pixels.assign(static_cast<std::size_t>(raster.height * raster.width * raster.channels),
                       gap);
  const auto size = static_cast<std::size_t>(shape.channels * shape.height * shape.width);
  for (std::int64_t i = 0; i < shape.count; ++i)
    place(raster, images.subspan(static_cast<std::size_t>(i) * size, size), shape,
          i / columns * (shape.height + 1), i % columns * (shape.width + 1), options);
  return raster;
}

}  // namespace

Raster lay_out_sheet(std::span<const float> images, const ImageShape& shape,
                     const SheetOptions& options) {
  return lay_out(images, shape, options);
}

Raster lay_out_sheet(std::span<const double> images, const ImageShape& shape,
                     const SheetOptions& options) {
  return lay_out(images, shape, options);
}

void write_png(const std::filesystem::path& path, const Raster& raster) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(raster.width);
  image.height = static_cast<png_uint_32>(raster.height);
  image.format = raster.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::vector<std::uint8_t> encoded(size);
  const int written =
      png_image_write_to_memory(&image, encoded.data(), &size, 0, raster.pixels.data(), 0, nullptr);
  ensure(written != 0, "{}: cannot be encoded as PNG ({})", path.string(), image.message);
  files::write_atomically(path, std::span<const std::uint8_t>(encoded.data(), size));
}

}  // namespace strang::analysis
