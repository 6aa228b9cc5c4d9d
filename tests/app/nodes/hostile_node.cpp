// A node of broadcast that says and logs what may harm a page about it: ends of scripts, control characters, and
// values of a megabyte. No node keeps what another one says.

#include <string>
#include <vector>

#include "mznode/mznode.hpp"

namespace {

using mznode::Json;

struct Broadcast {
  Json message;
  MZNODE_FIELDS(message)
};
struct Messages {
  std::vector<Json> messages;
  MZNODE_FIELDS(messages)
};
struct Topology {
  Json topology;
  MZNODE_FIELDS(topology)
};
struct Whisper {
  Json message;
  std::string what;
  std::string filling;
  MZNODE_FIELDS(message, what, filling)
};

const std::string type = "</script>whisper";
const std::string harm =
    "</script><script>window.hostile=1</script><img src=x onerror=hostile=1> <!-- \x01\x1b[31m\t\u2028 "
    "\"'`${hostile=1}";

class Hostile {
 public:
  explicit Hostile(mznode::Node& node) : node_(node) {
    node.on("broadcast", [this](Broadcast request) { whisper(request.message); });
    node.on("read", [this] { return Messages{heard_}; });
    node.on("topology", [](Topology) {});
    node.on(type, [](Whisper) {});
  }

 private:
  void whisper(const Json& message) {
    constexpr std::size_t megabyte = 1'000'000;
    heard_.push_back(message);
    const std::string filling(heard_.size() == 1 ? megabyte : 0, '<');
    for (const std::string& other : node_.node_ids()) {
      if (other != node_.id()) node_.send(other, type, Whisper{message, harm, filling});
    }
    node_.log(mznode::LogLevel::warn, harm);
  }

  mznode::Node& node_;
  std::vector<Json> heard_;
};

}  // namespace

int main() {
  return mznode::run<Hostile>();
}
