#include "mznode/sim/host.hpp"

#include "mznode/json/codec.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode::sim {

void append_line(TextBuffer& out, const Packet& packet) {
  out += "{\"id\":";
  encode(out, packet.id);
  out += ",\"src\":";
  append_quoted(out, packet.src);
  out += ",\"dest\":";
  append_quoted(out, packet.dest);
  out.append(",\"body\":").append(packet.body).append("}\n");
}

}  // namespace mznode::sim
