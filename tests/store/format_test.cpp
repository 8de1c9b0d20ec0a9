// What other readers rely on, seen through HDF5's own interface.
#include <gtest/gtest.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include "core/store/hdf5.h"
#include "tests/files/temporary_folder.h"

namespace strang::store {
namespace {

class FormatTest : public testing::Test {
 protected:
  FormatTest() {
    File file = File::create(folder_ / "run.h5");
    file.root().write("x", {{"sample", 2}, {"d0", 1}}, std::vector<double>{1, 2});
    file.root().add_axis("node", std::vector<double>{3, 4});
    file.root().write("y", {{"node", 2}}, std::vector<double>{1, 2});
    file.root().set_attribute("name", "größer");
    file.close();
    id_ = H5Fopen((folder_ / "run.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  }
  ~FormatTest() override { H5Fclose(id_); }

  Handle open(const char* name) { return {H5Dopen2(id_, name, H5P_DEFAULT), H5Dclose}; }
  std::string scale_name(const char* name) {
    char text[128] = "";
    H5DSget_scale_name(open(name).get(), text, sizeof text);
    return text;
  }

  const test::TemporaryFolder folder_;
  hid_t id_;
};

TEST_F(FormatTest, every_axis_has_its_scale_attached) {
  EXPECT_EQ(H5DSis_attached(open("x").get(), open("sample").get(), 0), 1);
  EXPECT_EQ(H5DSis_attached(open("x").get(), open("d0").get(), 1), 1);
  EXPECT_EQ(H5DSis_attached(open("y").get(), open("node").get(), 0), 1);
}

TEST_F(FormatTest, an_axis_without_coordinate_is_a_netcdf_dimension_that_takes_no_space) {
  EXPECT_EQ(scale_name("sample"),
            "This is a netCDF dimension but not a netCDF variable.         2");
  EXPECT_EQ(H5Dget_storage_size(open("sample").get()), 0u);
  EXPECT_EQ(scale_name("node"), "node");
}

TEST_F(FormatTest, texts_are_variable_length_utf8) {
  const Handle attribute(H5Aopen(id_, "name", H5P_DEFAULT), H5Aclose);
  const Handle type(H5Aget_type(attribute.get()), H5Tclose);
  EXPECT_EQ(H5Tis_variable_str(type.get()), 1);
  EXPECT_EQ(H5Tget_cset(type.get()), H5T_CSET_UTF8);
}

TEST_F(FormatTest, objects_carry_no_times) {
  for (const char* name : {"x", "sample", "node"}) {
    H5O_info_t info{};
    H5Oget_info_by_name2(id_, name, &info, H5O_INFO_TIME, H5P_DEFAULT);
    EXPECT_EQ(info.ctime, 0) << name;
  }
}

}  // namespace
}  // namespace strang::store
