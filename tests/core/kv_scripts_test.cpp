#include <nlohmann/json.hpp>
#include <stdexcept>

#include "mznode/node/fake_runtime.hpp"
#include "mznode/node/kv.hpp"
#include "tests/script.hpp"

// The scripts in tests/core/scripts.
namespace mznode {
namespace {

const std::filesystem::path directory = std::filesystem::path(MZNODE_SOURCE_DIR) / "tests/core/scripts";

/// The node n1, which changes a value of the service lin-kv, and a service that answers what a script says. The value
/// is a sum, and who made it in which change, so that no two changes make the same. The commands:
///
///   add 5 [from 3 other 1]   n1 adds 5; it guesses that the value is [3,"other",1], or has to ask
///   value 3 other 1          the service answers what it was asked for
///   ok                       … that it has done so
///   error abort              … that it has not, or that nobody knows
///   silence 1000             it does not answer for so many milliseconds
///
/// A request is told when it is sent, and the outcome when n1 knows it.
class ScriptedService {
 public:
  ScriptedService() { world_.init(node_, "n1", {"n1"}); }

  std::string run(const std::string& command) {
    std::vector<std::string> words = script::words_of(command);
    const std::string verb = words.at(0);
    words.erase(words.begin());
    if (verb == "add") {
      node_.spawn(add(words));
    } else if (verb == "value") {
      world_.reply(last_, "read_ok", Json::parse(R"({"value":)" + value(words) + "}"));
    } else if (verb == "ok") {
      world_.reply(last_, std::string(last_.type) + "_ok");
    } else if (verb == "error") {
      world_.reply_error(last_, error_named(words.at(0)));
    } else if (verb == "silence") {
      world_.advance(std::chrono::milliseconds(std::stoul(words.at(0))));
    } else {
      throw std::invalid_argument("there is no command " + verb);
    }
    // Pauses are drawn; what is told is what n1 does behind them.
    if (verb != "silence" && world_.sent().empty() && outcome_.empty()) world_.advance(200ms);
    return tell();
  }

 private:
  using Words = std::vector<std::string>;

  static std::string value(const Words& words) {
    return "[" + words.at(0) + ",\"" + words.at(1) + "\"," + words.at(2) + "]";
  }
  static ErrorCode error_named(const std::string& name) {
    for (const ErrorCode code : {ErrorCode::key_does_not_exist, ErrorCode::precondition_failed, ErrorCode::abort,
                                 ErrorCode::temporarily_unavailable, ErrorCode::crash}) {
      if (error_name(code) == name) return code;
    }
    throw std::invalid_argument("no error is called " + name);
  }

  Task<> add(Words words) {
    std::optional<Json> guess;
    if (words.size() > 1) guess = Json::parse(value({words.begin() + 2, words.end()}));
    const std::int64_t delta = std::stoll(words.at(0));
    std::function<Json(const Json&)> change = [this, delta](const Json& old) {
      return to_json(std::tuple(old.value().at(0).get<std::int64_t>() + delta, std::string("n1"), ++changes_));
    };
    const Json initial = Json::parse(R"([0,"nobody",0])");
    try {
      auto made = co_await kv_.update("sum", initial, std::move(change), std::move(guess));
      outcome_ = "the value is " + made.text();
    } catch (const Error& error) {
      outcome_ = "failed: " + std::string(error_name(error.code()));
    }
  }

  std::string tell() {
    std::string told;
    for (SentMessage& message : world_.take_all()) {
      told += "n1 -> " + message.dest + ": " + message.type + " " + message.fields().text() + "\n";
      last_ = std::move(message);
    }
    if (!outcome_.empty()) told += "n1: " + std::exchange(outcome_, "") + "\n";
    return told;
  }

  FakeRuntime world_;
  Node node_{world_};
  Kv kv_ = lin_kv(node_);
  SentMessage last_;
  std::string outcome_;
  std::int64_t changes_ = 0;
};

MZNODE_SCRIPTS(KvScript, directory, ScriptedService);

}  // namespace
}  // namespace mznode
