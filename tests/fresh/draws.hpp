#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/check/object_histories.hpp"

/// Histories of the workloads that checkers are named after.
namespace mznode::check {

inline std::string in_list(const std::vector<std::string>& parts, const char* open = "[", const char* close = "]") {
  std::string text = open;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : ",") + parts[i];
  return text + close;
}

class BankDraw final : public ObjectHistory {
 public:
  using ObjectHistory::ObjectHistory;

 private:
  Request request() override {
    if (chance(50)) return {"read", "null"};
    return {"transfer", "{\"from\":" + std::to_string(draw(3)) + ",\"to\":" + std::to_string(draw(3)) +
                            ",\"amount\":" + std::to_string(1 + draw(5)) + "}"};
  }
  std::string take_effect(const Request& request) override {
    if (request.f == "read") {
      std::vector<std::string> parts;
      for (std::size_t i = 0; i < balances_.size(); ++i) {
        const std::size_t wrong = is_bug() ? draw(8) : 8;
        if (wrong == 0) continue;
        const std::string account = (wrong == 1 ? "9" : "") + std::to_string(i);
        parts.push_back("\"" + account +
                        "\":" + (wrong == 2 ? "null" : std::to_string(balances_[i] + (wrong == 3 ? 1 : 0))));
      }
      return in_list(parts, "{", "}");
    }
    const auto digit = [&](const char* name) {
      return static_cast<std::size_t>(request.argument[request.argument.find(name) + std::string(name).size()] - '0');
    };
    const auto amount = static_cast<std::int64_t>(digit("amount\":"));
    const std::size_t from = digit("from\":");
    const bool overdraws = balances_[from] < amount;
    if (overdraws && !is_bug()) return "";
    balances_[from] -= amount;
    if (!is_bug()) balances_[digit("to\":")] += amount;
    return request.argument;
  }
  std::array<std::int64_t, 3> balances_ = {10, 0, 0};
};

class LongForkDraw final : public ObjectHistory {
 public:
  using ObjectHistory::ObjectHistory;

 private:
  Request request() override {
    const std::size_t group = next_ / 2;
    if (next_ > 0 && chance(65)) {
      const std::size_t first = 2 * draw(group + 1);
      const bool turned = chance(50);
      return {"read", "[[\"r\"," + std::to_string(first + (turned ? 1 : 0)) + ",null],[\"r\"," +
                          std::to_string(first + (turned ? 0 : 1)) + ",null]]"};
    }
    return {"write", "[[\"w\"," + std::to_string(next_++) + ",1]]"};
  }
  std::string take_effect(const Request& request) override {
    if (request.f == "write") {
      written_.insert(request.argument.substr(6, request.argument.find(',', 6) - 6));
      return request.argument;
    }
    std::string answer = request.argument;
    for (std::size_t at = answer.find(",null"); at != std::string::npos; at = answer.find(",null", at + 1)) {
      const std::size_t begin = answer.rfind(',', at - 1) + 1;
      const bool is_there = written_.contains(answer.substr(begin, at - begin));
      if (is_there && !is_bug()) answer.replace(at, 5, ",1");
    }
    return answer;
  }
  std::size_t next_ = 0;
  std::set<std::string> written_;
};

/// Blind writes, and reads of all; of causal-reverse and comments.
class WritesDraw final : public ObjectHistory {
 public:
  using ObjectHistory::ObjectHistory;

 private:
  Request request() override {
    if (chance(40)) return {"read", "null"};
    return {"write", element()};
  }
  std::string take_effect(const Request& request) override {
    if (request.f == "write") {
      written_.push_back(request.argument);
      return request.argument;
    }
    std::vector<std::string> shown;
    for (const std::string& each : written_) {
      if (!is_bug()) shown.push_back(each);
    }
    return in_list(shown);
  }
  std::vector<std::string> written_;
};

class SequentialDraw final : public ObjectHistory {
 public:
  using ObjectHistory::ObjectHistory;

 private:
  Request request() override {
    if (next_ > 0 && chance(60)) return {"read", std::to_string(draw(next_))};
    return {"write", std::to_string(next_++)};
  }
  std::string take_effect(const Request& request) override {
    if (request.f == "write") {
      written_[request.argument] = 1 + draw(3);
      return request.argument;
    }
    std::vector<std::string> keys;
    for (std::size_t i = 3; i-- > 0;) {
      const bool is_there = i < written_[request.argument] && !is_bug();
      keys.push_back(is_there ? "\"" + request.argument + "_" + std::to_string(i) + "\"" : "null");
    }
    return "[" + request.argument + "," + in_list(keys) + "]";
  }
  std::size_t next_ = 0;
  std::map<std::string, std::size_t> written_;
};

/// One process that reads and writes in causal order.
class CausalDraw final : public ObjectHistory {
 public:
  using ObjectHistory::ObjectHistory;

 private:
  Request request() override {
    const std::size_t step = begun_++;
    if (step == 0) return {"read-init", "null"};
    if (step % 2 == 1) return {"write", std::to_string(step / 2 + 1 + (is_bug() ? 1 : 0))};
    return {"read", "null"};
  }
  std::string take_effect(const Request& request) override {
    if (request.f == "write") value_ = request.argument;
    return is_bug() ? "7" : request.f == "write" ? request.argument : value_;
  }
  void decorate(Operation& operation) override {
    if (operation.type != Type::ok) return;
    const std::string link = position_ == 0 ? "\"init\"" : std::to_string(position_ + (is_bug() ? 1 : 0));
    operation.other_fields = {{"position", Json(++position_)}, {"link", Json::parse(link)}};
  }
  std::size_t begun_ = 0;
  std::int64_t position_ = 0;
  std::string value_ = "0";
};

class AdyaDraw final : public ObjectHistory {
 public:
  using ObjectHistory::ObjectHistory;

 private:
  Request request() override {
    const std::string id = std::to_string(++next_);
    return {"insert",
            "[" + std::to_string((next_ - 1) / 2) + (next_ % 2 == 0 ? ",[null," + id + "]]" : ",[" + id + ",null]]")};
  }
  std::string take_effect(const Request& request) override {
    const bool is_first = keys_.insert(request.argument.substr(0, request.argument.find(','))).second;
    return is_first || is_bug() ? request.argument : "";
  }
  std::size_t next_ = 0;
  std::set<std::string> keys_;
};

class LockDraw final : public ObjectHistory {
 public:
  using ObjectHistory::ObjectHistory;

 private:
  Request request() override { return {chance(55) ? "acquire" : "release", "null"}; }
  std::string take_effect(const Request& request) override {
    const bool fits = is_held_ == (request.f == "release");
    if (!fits && !is_bug()) return "";
    is_held_ = request.f == "acquire";
    return "null";
  }
  bool is_held_ = false;
};

class RegisterDraw final : public ObjectHistory {
 public:
  using ObjectHistory::ObjectHistory;

 private:
  Request request() override {
    if (chance(45)) return {"read", "null"};
    if (chance(50)) return {"write", std::to_string(draw(4))};
    return {"cas", "[" + std::to_string(draw(4)) + "," + std::to_string(draw(4)) + "]"};
  }
  std::string take_effect(const Request& request) override {
    const std::string before = value_;
    if (request.f == "read") return is_bug() ? std::to_string(draw(4)) : value_;
    if (request.f == "write") {
      if (!is_bug()) value_ = request.argument;
      return request.argument;
    }
    if (request.argument.substr(1, 1) != value_) return "";
    value_ = request.argument.substr(3, 1);
    return request.argument;
  }
  std::string value_ = "null";
};

class CounterDraw final : public ObjectHistory {
 public:
  using ObjectHistory::ObjectHistory;

 private:
  Request request() override {
    if (chance(50)) return {"read", "null"};
    return {"add", std::to_string(draw(5))};
  }
  std::string take_effect(const Request& request) override {
    if (request.f == "read") return std::to_string(total_ + (is_bug() ? 3 : 0));
    if (!is_bug()) total_ += std::stoll(request.argument);
    return request.argument;
  }
  std::int64_t total_ = 0;
};

/// Transactions on lists, on registers, or on registers that Knossos calls so.
class TransactionDraw final : public ObjectHistory {
 public:
  enum class Objects : std::uint8_t { lists, registers, multi_register };
  TransactionDraw(std::uint64_t seed, Shape shape, Objects objects) : ObjectHistory(seed, shape), objects_(objects) {
    states_.emplace_back();
  }

 private:
  Request request() override {
    std::vector<std::string> micro_operations;
    const std::size_t length = 1 + draw(3);
    const bool is_plain = objects_ == Objects::multi_register;
    for (std::size_t i = 0; i < length; ++i) {
      const std::string key = std::to_string(draw(3));
      if (chance(50)) {
        micro_operations.push_back((is_plain ? "[\"read\"," : "[\"r\",") + key + ",null]");
      } else {
        micro_operations.push_back((is_plain                     ? "[\"write\","
                                    : objects_ == Objects::lists ? "[\"append\","
                                                                 : "[\"w\",") +
                                   key + "," + std::to_string(++writes_[key]) + "]");
      }
    }
    return {"txn", in_list(micro_operations)};
  }
  std::string take_effect(const Request& request) override {
    const bool is_stale = is_bug();
    // What was, for all of it; or, on top of that, what others have written since is lost.
    State state = states_[is_stale ? draw(states_.size()) : states_.size() - 1];
    State next = states_.back();
    std::string answer;
    for (std::size_t at = 0; at < request.argument.size();) {
      const std::size_t end = request.argument.find(']', at) + 1;
      std::string part = request.argument.substr(at, end - at);
      at = end;
      const std::size_t first = part.find(',', part.find('"'));
      const std::size_t second = part.rfind(',');
      if (part.size() < 3 || first == std::string::npos || first == second) {
        answer += part;
        continue;
      }
      const std::string key = part.substr(first + 1, second - first - 1);
      const std::string value = part.substr(second + 1, part.size() - second - 2);
      if (value == "null") {
        const auto known = state.find(key);
        const std::string shown = known == state.end()         ? "null"
                                  : objects_ == Objects::lists ? "[" + known->second + "]"
                                                               : known->second;
        part.replace(second + 1, value.size(), shown);
      } else {
        for (State* each : {&state, &next}) {
          std::string& text = (*each)[key];
          text = objects_ == Objects::lists && !text.empty() ? text + "," + value : value;
        }
      }
      answer += part;
    }
    states_.push_back(std::move(next));
    return answer;
  }

  using State = std::map<std::string, std::string>;
  Objects objects_;
  std::map<std::string, int> writes_;
  std::vector<State> states_;
};

}  // namespace mznode::check
