// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A whole program around a main function: settings that have a flag each and can be stored, a
// reactor, signals, the log, the result and the exit status. A library of its own,
// couplet::program.
//
//     struct Settings {
//       std::string host = "127.0.0.1";
//       std::uint16_t port = 5051;
//       static constexpr auto kMessage = couplet::message(
//           "crunch_server.Settings", couplet::member("host", &Settings::host), ...);
//     };
//
//     int main(int argc, char** argv) {
//       return couplet::runProgram(argc, argv, Settings(),
//                                  [](couplet::Program& program, const Settings& settings) {
//         program.reactor().listenTCP(settings.port, ...);
//       });
//     }
//
// Each member is a flag: `--port=5052` or `--port 5052`, where dashes are as good as underscores; a
// bool `--verbose`, `--noverbose`; lists and messages as JSON, a HostPort also as `127.0.0.1:5052`.
// A flag holds for this run. Every program has these as well:
//
//     --dump_settings        prints the settings as they would be, `{"value":{"port":5051}}`
//     --store_settings       stores them, prints `Ack()`
//     --factory_reset        forgets what is stored; the flags given then apply to the defaults
//     --settings_file=FILE   where they are stored
//     --pure_object          prints the result as JSON
//     --stall_limit_ms=N     reports a callback that takes longer, as ReactorOptions::stallLimit
//     --help                 lists the settings
//
// The first three end the program without running `main`; together they forget, then print, then
// store. Further flags are those that the program defines with gflags, and glog's.
//
// Settings are stored in `$XDG_CONFIG_HOME/couplet/<program>.json`, else in
// `~/.config/couplet/<program>.json`, and by --store_settings only. The file is the old one or the
// new one, also where the program is killed while it stores. Without a file the defaults hold. One
// that is damaged, or has a member that these settings do not have, is an error that names both,
// and is left as it is.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/protocols/message/fault.h>
#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/message.h>
#include <couplet/protocols/message/text.h>
#include <couplet/protocols/program/errors.h>
#include <couplet/protocols/program/host_port.h>
#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/reactor.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What a main function is given, beside its settings. A test of one makes its own, with a
/// testing::MemoryReactor.
class Program {
 public:
  /// The reactor must outlive it.
  Program(std::string name, Reactor& reactor, Arguments arguments = {})
      : name_(std::move(name)), reactor_(reactor), arguments_(std::move(arguments)) {}

  /// Which runs already.
  Reactor& reactor() const noexcept { return reactor_; }
  /// As it was called, without its folder.
  const std::string& name() const noexcept { return name_; }
  /// What is no flag; empty unless ProgramOptions say that there may be some.
  const Arguments& arguments() const noexcept { return arguments_; }

 private:
  std::string name_;
  Reactor& reactor_;
  Arguments arguments_;
};

/// What `--help` says.
struct ProgramOptions {
  std::string description = {};  ///< whole lines
  /// What may follow the flags: `URL...`. A program without these takes flags only.
  std::string arguments = {};
};

/// The main function of a program: calls `main(program, settings)`, a `Program&` and a `const
/// Settings&`, in a reactor that runs, and returns the exit status. What `main` returns is the
/// program's result:
///
/// - a message, or a Deferred or coroutine of one: printed, as `Output(value=42.0)`, when it is
///   there, and the program ends with status 0;
/// - a Deferred<void>: the program ends with it and prints nothing;
/// - nothing: it is a server, which runs until it is told to stop.
///
/// A fault or another exception, thrown or in the Deferred, ends the program with a line on
/// standard error, `<program>: <condition> (<explanation>)`, see `printable`, and a status: a
/// fault's exit code, the errno of a port or connection that could not be had, a ProgramError's
/// own, otherwise kFaulted. SIGUSR1 prints what is pending (deferred/pending.h) to standard error,
/// and so does a shutdown that passes its deadline. Ctrl-C and SIGTERM stop the reactor, as it does
/// that, and are the fault Aborted. After `reactor().stop()` the program ends with the result that
/// there is when the reactor has stopped, else with status 0. What the Deferred then still waits
/// for is discarded.
///
/// A command line that cannot be understood: kBadUsage. The log goes to standard error, from
/// warnings on, and with `--v=1` verbose lines; glog's flags have it otherwise. SIGPIPE is ignored.
/// Where standard input, output or error is closed, no other file comes by its number: to use it
/// fails.
///
/// `settings` has the defaults, and lives until the program ends, as `main` does.
template <Message Settings, class Main>
int runProgram(int argc, char** argv, Settings settings, Main main,
               const ProgramOptions& options = {});

namespace detail {

/// What is to be printed at the end; nothing where the program runs until it is stopped.
using ProgramResult = std::optional<std::string>;

using ProgramMain = Callable<Deferred<ProgramResult>(Program& program, bool asJSON)>;

/// `settings` is a message of `type`.
int runProgram(int argc, char** argv, const MessageType& type, void* settings,
               const ProgramOptions& options, ProgramMain main);

/// The result as text. One that is a fault is thrown.
template <class M>
std::string resultText(const M& message, bool asJSON) {
  if constexpr (std::derived_from<M, Fault>) {
    throw message;
  } else {
    return asJSON ? toJSON(message) : toText(message);
  }
}

template <class T>
Deferred<ProgramResult> resultOf(Deferred<T> result, bool asJSON) {
  static_assert(std::is_void_v<T> || Message<T>,
                "couplet: the main function of a program returns a message, nothing, or a Deferred "
                "or coroutine of these");
  if constexpr (std::is_void_v<T>) {
    return std::move(result).addCallback([] { return ProgramResult(std::in_place); });
  } else if constexpr (Message<T>) {
    return std::move(result).addCallback(
        [asJSON](const T& message) { return ProgramResult(resultText(message, asJSON)); });
  } else {
    return {};
  }
}

/// As a ProgramMain; `main` and `settings` must outlive it.
template <class Settings, class Main>
auto programMain(Main& main, const Settings& settings) {
  return [&](Program& program, bool asJSON) -> Deferred<ProgramResult> {
    auto result = maybeDeferred([&] { return main(program, settings); });
    using Returned = std::invoke_result_t<Main&, Program&, const Settings&>;
    if constexpr (std::is_void_v<Returned>) {
      return std::move(result).addCallback([] { return ProgramResult(); });
    } else {
      return resultOf(std::move(result), asJSON);
    }
  };
}

template <class M>
consteval bool namesNoReservedFlag() {
  constexpr auto isReserved = [](std::string_view name) {
    for (const std::string_view reserved :
         {"dump_settings", "store_settings", "factory_reset", "settings_file", "pure_object",
          "stall_limit_ms", "help", "h"}) {
      if (name == reserved) return true;
    }
    return false;
  };
  return std::apply([=](const auto&... member) { return !(isReserved(member.name) || ...); },
                    M::kMessage.members);
}

}  // namespace detail

template <Message Settings, class Main>
int runProgram(int argc, char** argv, Settings settings, Main main, const ProgramOptions& options) {
  static_assert(detail::namesNoReservedFlag<Settings>(),
                "couplet: a setting has the name of a flag that every program has");
  static_assert(
      std::is_invocable_v<Main&, Program&, const Settings&>,
      "couplet: the main function of a program takes (couplet::Program&, const Settings&)");
  if constexpr (std::is_invocable_v<Main&, Program&, const Settings&>) {
    return detail::runProgram(argc, argv, detail::TypeOf<Settings>::value, &settings, options,
                              detail::programMain(main, std::as_const(settings)));
  } else {
    return kFailure;
  }
}

}  // namespace couplet
#pragma GCC visibility pop
