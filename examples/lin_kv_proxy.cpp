#include <mznode/mznode.hpp>

using namespace mznode;

class Proxy {
 public:
  explicit Proxy(Node& node) : node_(node) {
    for (const char* type : {"read", "write", "cas"}) node.on(type, this, &Proxy::ask_service);
  }

 private:
  Task<Reply> ask_service(Message request) {
    try {
      auto reply = co_await node_.rpc("lin-kv", request.type, request.fields());
      co_return Reply{reply.type, reply.fields()};
    } catch (const Error& error) {
      // It was asked once: what it says for certain (no such key, another value) is certain for our client too. A node
      // must say so in its own words; what merely escapes is answered as a crash, which leaves the outcome open.
      if (is_definite(error.code())) throw error.restated();
      throw;
    }
  }

  Node& node_;
};

int main() {
  return run<Proxy>();
}
