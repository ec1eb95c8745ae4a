// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The reactor of real programs. libevent tells what is ready; Couplet owns the bytes.
#pragma once

#include <memory>
#include <string>

#include <couplet/reactor/reactor.h>

#pragma GCC visibility push(default)
namespace couplet {

/// For `LibeventReactor::addReader` and `addWriter`: a descriptor of the user's own. Twisted's
/// IReadDescriptor and IWriteDescriptor. Not owned by the reactor: remove it before it dies.
class FileDescriptor {
 public:
  virtual ~FileDescriptor() = default;

  /// The descriptor; the same one until it is removed.
  virtual int fileno() const = 0;

  /// It can be read, or written. Called for as long as that is so (level-triggered). What it throws
  /// is logged, and removes it from both lists.
  virtual void doRead() {}
  virtual void doWrite() {}
};

/// A Reactor on libevent, epoll underneath, for TCP and descriptors of the user's own.
class LibeventReactor final : public Reactor {
 public:
  explicit LibeventReactor(ReactorOptions options = {});
  ~LibeventReactor() override;

  void run() override;
  void stop() override;
  /// Whether it was told to stop, by whomever.
  bool stopping() const noexcept;
  /// SIGINT or SIGTERM, where that stopped it; else 0. Twisted's _exitSignal.
  int exitSignal() const noexcept;
  bool running() const noexcept override;
  void callFromThread(Callable<void()> call,
                      SourceLocation here = SourceLocation::current()) override;
  void callWhenRunning(Callable<void()> call,
                       SourceLocation here = SourceLocation::current()) override;
  void addShutdownTrigger(ShutdownPhase phase, Callable<Deferred<void>()> trigger,
                          SourceLocation here = SourceLocation::current()) override;
  std::shared_ptr<ListeningPort> listenTCP(
      int port, std::shared_ptr<Factory> factory, ListenOptions options = {},
      SourceLocation here = SourceLocation::current()) override;
  std::shared_ptr<Connector> connectTCP(const std::string& host, int port,
                                        std::shared_ptr<ClientFactory> factory,
                                        ConnectOptions options = {},
                                        SourceLocation here = SourceLocation::current()) override;
  TimePoint now() const override;
  DelayedCall callLater(Duration delay, Callable<void()> call,
                        SourceLocation here = SourceLocation::current()) override;

  /// Watches `descriptor` until it is removed; adding it again changes nothing.
  void addReader(FileDescriptor& descriptor, SourceLocation here = SourceLocation::current());
  void addWriter(FileDescriptor& descriptor, SourceLocation here = SourceLocation::current());

  /// Ends that; does nothing for one that is not watched. May be called from inside doRead and
  /// doWrite.
  void removeReader(FileDescriptor& descriptor);
  void removeWriter(FileDescriptor& descriptor);

 private:
  class [[gnu::visibility("hidden")]] Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace couplet
#pragma GCC visibility pop
