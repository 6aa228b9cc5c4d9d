#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mznode/json/json.hpp"
#include "mznode/node/message.hpp"
#include "mznode/sim/network.hpp"
#include "mznode/sim/random.hpp"

namespace mznode::sim {

/// One of Maelstrom's services (Maelstrom, src/maelstrom/service.clj): answers a request at once.
class Service {
 public:
  virtual ~Service() = default;
  /// The body of the answer; empty when Maelstrom's service would not answer (a type that it does not know).
  virtual std::string handle(const Message& request) = 0;
};

/// lin-kv: one map.
std::unique_ptr<Service> linearizable_kv();
/// seq-kv: the last 32 states; what changes nothing may run on an old one.
std::unique_ptr<Service> sequential_kv(const Chance& chance);
/// lww-kv: two replicas that are merged at random; the last writer wins.
std::unique_ptr<Service> eventual_kv(const Chance& chance);
/// lin-tso: counts from 0.
std::unique_ptr<Service> timestamp_oracle();

using Services = std::map<std::string, std::unique_ptr<Service>>;

/// All of them by name.
Services default_services(const Chance& chance);
/// Joins services to a network, on which they answer what they are sent. They must outlive it.
void connect(Services& services, Network& network);

}  // namespace mznode::sim
