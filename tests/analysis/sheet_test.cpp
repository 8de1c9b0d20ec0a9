#include "analysis/sheet.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cmath>

#include "core/error.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang::analysis {
namespace {

using Pixels = std::vector<std::uint8_t>;

Raster grey(const std::vector<double>& values, const ImageShape& shape,
            const SheetOptions& options) {
  return lay_out_sheet(std::span<const double>(values), shape, options);
}

TEST(Sheet, images_are_laid_out_in_rows_with_grey_lines_between) {
  const Raster raster = grey({0, 1, 1, 0, 1, 1}, {3, 1, 1, 2}, {.low = 0, .high = 1, .columns = 2});
  EXPECT_EQ(raster.width, 5);
  EXPECT_EQ(raster.height, 3);
  EXPECT_EQ(raster.pixels, (Pixels{0, 255, 128, 255, 0,      //
                                   128, 128, 128, 128, 128,  //
                                   255, 255, 128, 128, 128}));
}

TEST(Sheet, values_are_rounded_and_clipped) {
  const auto byte = [](double value) { return grey({value}, {1, 1, 1, 1}, {}).pixels[0]; };
  EXPECT_EQ(byte(-1), 0);
  EXPECT_EQ(byte(1), 255);
  EXPECT_EQ(byte(0), 128) << "127.5 is rounded up";
  EXPECT_EQ(byte(2 * 99.49 / 255 - 1), 99);
  EXPECT_EQ(byte(2 * 99.51 / 255 - 1), 100);
  EXPECT_EQ(byte(-1e300), 0);
  EXPECT_EQ(byte(HUGE_VAL), 255);
  EXPECT_EQ(byte(std::nan("")), 0);
}

TEST(Sheet, channels_become_interleaved) {
  const std::vector<float> planes = {0, 1, 1, 0, 0, 0};  // red 0 1, green 1 0, blue 0 0
  const Raster raster = lay_out_sheet(std::span<const float>(planes), {1, 3, 1, 2}, {.low = 0});
  EXPECT_EQ(raster.pixels, (Pixels{0, 255, 0, 255, 0, 0}));
}

TEST(Sheet, the_default_is_the_smallest_square) {
  const auto width = [](std::int64_t n) {
    return grey(std::vector<double>(static_cast<std::size_t>(n)), {n, 1, 1, 1}, {}).width;
  };
  EXPECT_EQ(width(1), 1);
  EXPECT_EQ(width(4), 3);
  EXPECT_EQ(width(5), 5);
  EXPECT_EQ(width(16), 7);
}

TEST(Sheet, the_png_holds_the_pixels) {
  const test::TemporaryFolder folder;
  const Raster raster = grey({0, 1, 0.5, 0.25}, {2, 1, 2, 1}, {.low = 0, .high = 1});
  write_png(folder / "sheet.png", raster);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_TRUE(png_image_begin_read_from_file(&image, (folder / "sheet.png").c_str()));
  EXPECT_EQ(image.width, 3u);
  EXPECT_EQ(image.height, 2u);
  image.format = PNG_FORMAT_GRAY;
  Pixels pixels(PNG_IMAGE_SIZE(image));
  ASSERT_TRUE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr));
  EXPECT_EQ(pixels, raster.pixels);
}

TEST(Sheet, what_is_no_image_is_refused) {
  EXPECT_THROW(grey({1, 2}, {1, 2, 1, 1}, {}), UsageError);
  EXPECT_THROW(grey({1, 2}, {1, 1, 1, 1}, {}), UsageError);
  EXPECT_THROW(grey({}, {0, 1, 1, 1}, {}), UsageError);
  EXPECT_THROW(grey({1}, {1, 1, 1, 1}, {.low = 1, .high = 1}), UsageError);
}

TEST(Sheet, an_unwritable_path_is_named) {
  EXPECT_TRUE(test::contains(test::message_of<Error>([] {
                               write_png("/none/sheet.png", grey({1}, {1, 1, 1, 1}, {}));
                             }),
                             "/none/sheet.png"));
}

}  // namespace
}  // namespace strang::analysis
