// The limit that pipes and system calls set: a node that understands nothing. It swaps the addresses of each message,
// puts
// "_ok" behind its type and turns msg_id into in_reply_to, trusting that messages look exactly as the load writes them,
// and writes once for every read.

#include <unistd.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// The text between `before` and `after`, searched from `from` on, which is moved behind it.
std::string_view cut(std::string_view line, std::size_t& from, std::string_view before, char after) {
  const std::size_t start = line.find(before, from) + before.size();
  const std::size_t end = line.find(after, start);
  from = end;
  return line.substr(start, end - start);
}

void answer(std::string_view line, std::string& out) {
  std::size_t at = 0;
  const std::string_view src = cut(line, at, "\"src\":\"", '"');
  const std::string_view dest = cut(line, at, "\"dest\":\"", '"');
  const std::string_view type = cut(line, at, "\"type\":\"", '"');
  const std::size_t payload = at + 1;
  const std::size_t msg_id = line.rfind(",\"msg_id\":");
  std::size_t after_payload = msg_id;
  const std::string_view id = cut(line, after_payload, ",\"msg_id\":", '}');
  out.append("{\"src\":\"").append(dest).append("\",\"dest\":\"").append(src).append("\",\"body\":{\"type\":\"");
  out.append(type).append("_ok\"").append(line.substr(payload, msg_id - payload));
  out.append(",\"in_reply_to\":").append(id).append("}}\n");
}

bool write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(1, text.data(), text.size());
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

int main() {
  std::vector<char> in(1 << 20);
  std::string out;
  std::size_t held = 0;
  bool initialised = false;
  for (;;) {
    const ssize_t got = ::read(0, in.data() + held, in.size() - held);
    if (got <= 0) return 0;
    std::string_view text(in.data(), held + static_cast<std::size_t>(got));
    out.clear();
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      if (initialised) {
        answer(text.substr(0, end), out);
      } else {
        out += "{\"src\":\"n0\",\"dest\":\"c0\",\"body\":{\"type\":\"init_ok\",\"in_reply_to\":1}}\n";
        initialised = true;
      }
      text.remove_prefix(end + 1);
    }
    if (!write_all(out)) return 1;
    held = text.size();
    std::memmove(in.data(), text.data(), held);
  }
}
