// A node of lin-kv and of txn-list-append that works alone, and answers every seventh request from an old state.

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "mznode/mznode.hpp"

namespace {

using mznode::Json;

struct Key {
  Json key;
  MZNODE_FIELDS(key)
};
struct Value {
  Json value;
  MZNODE_FIELDS(value)
};
struct Write {
  Json key;
  Json value;
  MZNODE_FIELDS(key, value)
};
struct Cas {
  Json key;
  Json from;
  Json to;
  MZNODE_FIELDS(key, from, to)
};
struct Txn {
  std::vector<std::tuple<std::string, Json, Json>> txn;
  MZNODE_FIELDS(txn)
};

/// Values of registers; elements of lists, separated by commas.
using State = std::map<Json, std::string>;

class StaleStore {
 public:
  explicit StaleStore(mznode::Node& node) {
    node.on("read", [this](Key request) { return read(request.key); });
    node.on("write", [this](Write request) { state_[request.key] = request.value.text(); });
    node.on("cas", [this](Cas request) { swap(request); });
    node.on("txn", [this](Txn request) { return execute(std::move(request)); });
  }

 private:
  const State& seen() {
    ++requests_;
    if (requests_ % 20 == 0) old_ = state_;
    return requests_ % 7 == 0 ? old_ : state_;
  }

  Value read(const Json& key) {
    const State& state = seen();
    const auto found = state.find(key);
    if (found == state.end()) throw mznode::Error{mznode::ErrorCode::key_does_not_exist, "there is no such key"};
    return {Json::from_valid(found->second)};
  }

  void swap(const Cas& request) {
    const auto found = state_.find(request.key);
    if (found == state_.end()) throw mznode::Error{mznode::ErrorCode::key_does_not_exist, "there is no such key"};
    if (found->second != request.from.text()) {
      throw mznode::Error{mznode::ErrorCode::precondition_failed, "it holds " + found->second};
    }
    found->second = request.to.text();
  }

  Txn execute(Txn request) {
    const State before = seen();
    for (auto& [function, key, value] : request.txn) {
      if (function == "append") {
        std::string& list = state_[key];
        list += (list.empty() ? "" : ",") + value.text();
      } else if (const auto found = before.find(key); found != before.end()) {
        value = Json::from_valid("[" + found->second + "]");
      }
    }
    return request;
  }

  State state_;
  State old_;
  int requests_ = 0;
};

}  // namespace

int main() {
  return mznode::run<StaleStore>();
}
