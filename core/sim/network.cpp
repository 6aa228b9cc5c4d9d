#include "mznode/sim/network.hpp"

#include <algorithm>
#include <limits>

#include "mznode/node/names.hpp"

namespace mznode::sim {
namespace {

// Streams of a run's seed; any distinct numbers would do.
constexpr std::uint64_t latency_stream = 0x6c6174;

}  // namespace

bool is_client_name(std::string_view name) {
  return mznode::is_client_name(name);
}

Network::Network(Timers& timers, std::function<Time()> clock, Latency latency, Delivery delivery, const Chance& chance)
    : timers_(timers),
      clock_(std::move(clock)),
      shape_(latency),
      delivery_(delivery),
      chance_(chance),
      random_(chance_, "network", latency_stream) {}

bool Network::later(const Waiting& a, const Waiting& b) {
  return a.due != b.due ? a.due > b.due : a.order > b.order;
}

void Network::add(const std::string& name, Endpoint kind, Receive receive) {
  Queue& queue = endpoints_[name];
  queue = {.kind = kind, .receive = std::move(receive), .heap = {}, .generation = ++next_.generation};
  if (!chance_.decides_order()) return;
  const std::string stream = "queue " + std::to_string(queue.generation) + ", of " + name;
  queue.order = std::make_unique<Random>(chance_, stream, queue.generation);
  queue.order->about("message taken up");
}

void Network::remove(const std::string& name) {
  const auto found = endpoints_.find(name);
  if (found == endpoints_.end()) return;
  std::vector<Waiting> lost = std::move(found->second.heap);
  endpoints_.erase(found);
  std::sort(lost.begin(), lost.end(), [](const Waiting& a, const Waiting& b) { return later(b, a); });
  for (const Waiting& each : lost) count(*each.packet, JournalEntry::Event::drop, involves_client(*each.packet));
}

Duration Network::latency(std::uint64_t message) {
  random_.about("latency", message);
  const auto mean = static_cast<std::uint64_t>(shape_.mean_ms);
  switch (shape_.shape) {
    case Latency::Shape::constant: return std::chrono::milliseconds(shape_.mean_ms);
    case Latency::Shape::uniform:
      return std::chrono::milliseconds(mean == 0 ? 0 : static_cast<std::int64_t>(random_.below(2 * mean)));
    case Latency::Shape::exponential: {
      constexpr std::int64_t us_per_ms = 1000;
      return std::chrono::milliseconds(random_.exponential(shape_.mean_ms * us_per_ms) / us_per_ms);
    }
  }
  return Duration::zero();
}

bool Network::involves_client(const Packet& packet) const {
  return is_client_name(packet.src) || is_client_name(packet.dest);
}

void Network::count(const Packet& packet, JournalEntry::Event event, bool has_client) {
  traffic_.count(packet, event, clock_(), has_client);
}

bool Network::send(std::string_view src, std::string_view dest, std::string_view body) {
  const auto found = endpoints_.find(dest);
  if (found == endpoints_.end()) return false;
  auto packet = std::make_shared<Packet>(
      Packet{.id = next_.id++, .src = std::string(src), .dest = std::string(dest), .body = std::string(body)});
  const bool has_client = involves_client(*packet);
  traffic_.note_sent(*packet, clock_(), has_client);
  if (has_client) {
    enqueue(found->second, found->first, std::move(packet), Duration::zero());
    return true;
  }
  Duration delay = latency(packet->id);
  std::vector<Duration> copies;
  const auto source = endpoints_.find(src);
  const bool between_nodes =
      found->second.kind == Endpoint::node && source != endpoints_.end() && source->second.kind == Endpoint::node;
  if (between_nodes) {
    for (const auto& rule : rules_) {
      Rule::Effect effect = rule->on_send(*packet, delay);
      if (effect.drop) {
        count(*packet, JournalEntry::Event::drop, has_client);
        return true;
      }
      delay += effect.delay;
      copies.insert(copies.end(), effect.copies.begin(), effect.copies.end());
    }
  }
  for (const Duration later_by : copies) enqueue(found->second, found->first, packet, delay + later_by);
  enqueue(found->second, found->first, std::move(packet), delay);
  return true;
}

void Network::enqueue(Queue& queue, const std::string& name, std::shared_ptr<const Packet> packet, Duration delay) {
  const Time due = clock_() + delay;
  if (delivery_ == Delivery::ideal || queue.kind == Endpoint::client) {
    deliver_at(due, name, queue.generation, std::move(packet), false);
    return;
  }
  queue.heap.push_back({due, next_.order++, std::move(packet)});
  std::push_heap(queue.heap.begin(), queue.heap.end(), later);
  if (!queue.is_taken) take_next(queue, name);
}

Network::Waiting Network::pop(Queue& queue) {
  if (queue.order) {
    const Time first = queue.heap.front().due;
    std::sort(queue.heap.begin(), queue.heap.end(), [](const Waiting& a, const Waiting& b) { return later(b, a); });
    const auto count = std::count_if(queue.heap.begin(), queue.heap.end(),
                                     [first](const Waiting& waiting) { return waiting.due == first; });
    const std::size_t place = count > 1 ? queue.order->order(static_cast<std::size_t>(count)) : 0;
    const auto chosen = queue.heap.begin() + static_cast<std::ptrdiff_t>(place);
    Waiting next = std::move(*chosen);
    queue.heap.erase(chosen);
    std::make_heap(queue.heap.begin(), queue.heap.end(), later);
    return next;
  }
  std::pop_heap(queue.heap.begin(), queue.heap.end(), later);
  Waiting next = std::move(queue.heap.back());
  queue.heap.pop_back();
  return next;
}

void Network::take_next(Queue& queue, const std::string& name) {
  while (!queue.heap.empty()) {
    Waiting next = pop(queue);
    if (is_cut(*next.packet)) {
      count(*next.packet, JournalEntry::Event::drop, false);
      continue;
    }
    queue.is_taken = true;
    // The thread sleeps for whole milliseconds (Maelstrom, net.clj, recv!).
    const auto sleep = std::chrono::floor<std::chrono::milliseconds>(std::max(next.due - clock_(), Duration::zero()));
    deliver_at(clock_() + sleep, name, queue.generation, std::move(next.packet), true);
    return;
  }
  queue.is_taken = false;
}

void Network::deliver_at(Time at, const std::string& name, std::uint64_t generation,
                         std::shared_ptr<const Packet> packet, bool continues) {
  Arrival arrival;
  if (arrivals_) arrival = {name, generation, packet, continues};
  const TimerId timer = timers_.set(at, [this, name, generation, packet = std::move(packet), continues] {
    const auto found = endpoints_.find(name);
    if (found == endpoints_.end() || found->second.generation != generation) {
      count(*packet, JournalEntry::Event::drop, involves_client(*packet));
      return;
    }
    if (!continues && is_cut(*packet)) {
      count(*packet, JournalEntry::Event::drop, false);
      return;
    }
    count(*packet, JournalEntry::Event::receive, involves_client(*packet));
    found->second.receive(*packet);
    if (!continues) return;
    // The receiver may have been replaced by what it was told.
    const auto again = endpoints_.find(name);
    if (again != endpoints_.end() && again->second.generation == generation) take_next(again->second, name);
  });
  if (arrivals_) arrivals_->emplace(std::pair(at, timer), std::move(arrival));
}

std::vector<std::shared_ptr<const Packet>> Network::coming() {
  if (!arrivals_) return {};
  const Time now = clock_();
  const std::vector<TimerId> due = timers_.first_due(now);
  const TimerId first = due.empty() ? std::numeric_limits<TimerId>::max() : due.front();
  arrivals_->erase(arrivals_->begin(), arrivals_->lower_bound({now, first}));
  std::vector<std::shared_ptr<const Packet>> packets;
  for (const TimerId timer : due) {
    const auto arrival = arrivals_->find({now, timer});
    // Anything may come of what is no message: a fault, or a client's next request.
    if (arrival == arrivals_->end()) break;
    const auto& [dest, generation, packet, continues] = arrival->second;
    const auto endpoint = endpoints_.find(dest);
    if (endpoint == endpoints_.end() || endpoint->second.generation != generation) continue;
    if (endpoint->second.kind == Endpoint::client) break;
    const bool arrives = continues || !is_cut(*packet);
    if (endpoint->second.kind == Endpoint::node && arrives) packets.push_back(packet);
  }
  return packets;
}

bool Network::is_cut(const Packet& packet) const {
  if (rules_.empty() || involves_client(packet)) return false;
  return std::any_of(rules_.begin(), rules_.end(),
                     [&](const auto& rule) { return rule->cuts(packet.src, packet.dest); });
}

}  // namespace mznode::sim
