#include "mznode/sim/host.hpp"

#include "mznode/node/envelope.hpp"

namespace mznode::sim {

void append_line(TextBuffer& out, const Packet& packet) {
  envelope::append_sender(out, packet.src, packet.id);
  envelope::append_receiver(out, packet.dest);
  out += packet.body;
  envelope::close_line(out);
}

}  // namespace mznode::sim
