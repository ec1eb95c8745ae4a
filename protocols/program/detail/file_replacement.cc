// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/file_replacement.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace couplet::detail {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(int error) { throw std::system_error(error, std::generic_category()); }

int check(int result) {
  if (result < 0) fail(errno);
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(check(descriptor)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  int get() const noexcept { return descriptor_; }
  void close() { check(::close(std::exchange(descriptor_, -1))); }

 private:
  int descriptor_;
};

/// A new file, which is removed unless it takes the place of another.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string pattern)
      : path_(std::move(pattern)), descriptor_(::mkostemp(path_.data(), O_CLOEXEC)) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  void write(std::string_view content) {
    while (!content.empty()) {
      const ::ssize_t size = ::write(descriptor_.get(), content.data(), content.size());
      if (size == 0) fail(EIO);
      if (size > 0) {
        content.remove_prefix(static_cast<std::size_t>(size));
      } else if (errno != EINTR) {
        fail(errno);
      }
    }
  }

  void replace(const std::string& path) {
    check(::fsync(descriptor_.get()));
    descriptor_.close();
    check(::rename(path_.c_str(), path.c_str()));
    path_.clear();
  }

 private:
  std::string path_;  // empty once it has replaced another
  Descriptor descriptor_;
};

std::string folderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Descriptor openFolder(const std::string& folder) {
  return Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/// Not every file system can do that.
void syncFolder(const Descriptor& folder) {
  if (::fsync(folder.get()) != 0 && errno != EINVAL && errno != ENOTSUP) fail(errno);
}

void makeFolder(const std::string& folder) {
  struct ::stat found;
  if (::stat(folder.c_str(), &found) == 0) return;
  const std::string above = folderOf(folder);
  if (above != folder) makeFolder(above);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) fail(errno);
  syncFolder(openFolder(above));
}

/// Where the file is that is to be replaced. A device, say, must not be.
std::string placeOf(const std::string& path) {
  const fs::file_status link = fs::symlink_status(path);
  if (!fs::exists(link)) return path;
  const std::string place = fs::is_symlink(link) ? fs::weakly_canonical(path).string() : path;
  const fs::file_status file = fs::status(place);
  if (fs::is_directory(file)) fail(EISDIR);
  if (fs::exists(file) && !fs::is_regular_file(file)) fail(EINVAL);
  return place;
}

}  // namespace

std::optional<std::string> readWholeFile(const std::string& path, std::size_t most) {
  const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  const Descriptor file(opened);
  std::string content;
  char bytes[4096];
  for (;;) {
    const ::ssize_t size = ::read(file.get(), bytes, sizeof bytes);
    if (size == 0) return content;
    if (size < 0 && errno != EINTR) fail(errno);
    if (size > 0) content.append(bytes, static_cast<std::size_t>(size));
    if (content.size() > most) fail(EFBIG);
  }
}

void replaceFile(const std::string& path, std::string_view content) {
  const std::string place = placeOf(path);
  const std::string folder = folderOf(place);
  makeFolder(folder);
  const Descriptor directory = openFolder(folder);
  const std::string name = place.substr(place.rfind('/') + 1);
  TemporaryFile temporary(folder + "/." + name + ".XXXXXX");
  temporary.write(content);
  temporary.replace(place);
  syncFolder(directory);
}

void removeFile(const std::string& path) {
  if (::unlink(path.c_str()) == 0) {
    syncFolder(openFolder(folderOf(path)));
  } else if (errno != ENOENT && errno != ENOTDIR) {
    fail(errno);
  }
}

}  // namespace couplet::detail
