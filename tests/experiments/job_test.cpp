#include "experiments/job.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "core/config/yaml.h"
#include "tests/files/temporary_folder.h"

namespace strang {
namespace {

using config::parse_yaml;

const char* const spec =
    "name: a\noutput: runs/a\nthreads: 1\nlog: {trajectory: {samples: 4}}\nsteps: 18\nseed: 0\n";

std::string hash_of(const std::string& yaml) { return job_hash(parse_yaml(yaml, "test.yaml")); }

TEST(job, is_what_decides_the_numbers) {
  const std::string hash = hash_of(spec);
  EXPECT_EQ(hash.size(), 64U);
  EXPECT_EQ(hash, hash_of("seed: 0\nsteps: 18\nname: b\noutput: elsewhere\nthreads: null\n"));
  EXPECT_NE(hash, hash_of("seed: 1\nsteps: 18\n"));
  EXPECT_NE(hash, hash_of("seed: 0\nsteps: 18.0\n"));
  EXPECT_NE(hash, hash_of("seed: 0\nsteps: 18\nmodel: {name: gaussian}\n"));
}

TEST(job, holds_the_content_of_files_not_their_place) {
  const test::TemporaryFolder folder;
  const std::filesystem::path a = folder / "a.bin", b = folder / "b.bin";
  const auto with = [](const std::filesystem::path& file) {
    return hash_of("model: {name: dataset, data: {images: " + file.string() + "}}");
  };
  test::write_text(a, "data");
  test::write_text(b, "data");
  const std::string hash = with(a);
  EXPECT_EQ(hash, with(b));
  test::write_text(b, "Data");
  EXPECT_NE(hash, with(b));
}

TEST(job, looks_for_files_beside_the_file_that_names_them) {
  const test::TemporaryFolder folder;
  test::write_text(folder / "a.bin", "data");
  const config::Node named = parse_yaml("file: a.bin", (folder / "spec.yaml").string());
  EXPECT_TRUE(job_of(named).find("file")->text().starts_with("sha256:"));
  EXPECT_EQ(job_of(parse_yaml("file: a.bin", "spec.yaml")).find("file")->text(), "a.bin");
}

}  // namespace
}  // namespace strang
