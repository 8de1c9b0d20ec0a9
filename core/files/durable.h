#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace strang::files {

// Writes that leave either the old file or the whole new one, whatever happens: a reader never sees
// a part, and after the return a power failure loses nothing. All throw Error naming the path.

// Writes `<path>.tmp.<process>` and renames it. Replaces a file of that name.
void write_atomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
void write_atomically(const std::filesystem::path& path, std::string_view text);

void sync(int descriptor, const std::filesystem::path& path);  // fsync; `path` is for the message

// Renames within one folder and makes the new name durable.
void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace strang::files
