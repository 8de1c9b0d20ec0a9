#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace strang::analysis {

// Images [count, channels, height, width], packed row-major; channels 1 (grey) or 3 (RGB).
struct ImageShape {
  std::int64_t count;
  std::int64_t channels;
  std::int64_t height;
  std::int64_t width;
};

struct SheetOptions {
  double low = -1;           // the value that becomes 0
  double high = 1;           // the value that becomes 255
  std::int64_t columns = 0;  // images in a row; 0: the smallest square that holds all
};

// Eight-bit pixels [height, width, channels].
struct Raster {
  std::int64_t height;
  std::int64_t width;
  std::int64_t channels;
  std::vector<std::uint8_t> pixels;
};

// Lays the images out row by row, with lines of one pixel of grey 128 between (not around) them and
// in unused places. A value v becomes floor(255 (v - low) / (high - low) + 1/2), clipped to
// [0, 255]; NaN becomes 0. Throws UsageError if there are no images, the shape is not one of images
// or not that of the values, or low >= high.
Raster lay_out_sheet(std::span<const float> images, const ImageShape& shape,
                     const SheetOptions& options);
Raster lay_out_sheet(std::span<const double> images, const ImageShape& shape,
                     const SheetOptions& options);

// Writes the raster as PNG under its name at once, or not at all. Throws Error naming the path.
void write_png(const std::filesystem::path& path, const Raster& raster);

}  // namespace strang::analysis
