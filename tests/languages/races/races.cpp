// As races.py: counter, ids and early. It understands as much of JSON as it has to.
#include <unistd.h>

#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace {

std::string race;
long total = 0;
long next_id = 0;
std::map<std::string, std::string> values;
std::mutex output;

void log(const std::string& text) {
  const std::string line = text + "\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

/// The value of a field, as it stands there; empty when there is none.
std::string field(const std::string& line, const std::string& name) {
  const std::string key = "\"" + name + "\":";
  const std::size_t at = line.find(key);
  if (at == std::string::npos) return {};
  const std::size_t start = line.find_first_not_of(' ', at + key.size());
  const bool is_text = line[start] == '"';
  const std::size_t end = is_text ? line.find('"', start + 1) + 1 : line.find_first_of(",}", start);
  return line.substr(start, end - start);
}

void reply(const std::string& line, const std::string& body) {
  const std::string text = "{\"src\":" + field(line, "dest") + ",\"dest\":" + field(line, "src") + ",\"body\":{" +
                           body + ",\"in_reply_to\":" + field(line, "msg_id") + "}}\n";
  const std::lock_guard lock(output);
  std::cout << text << std::flush;
}

void error(const std::string& line, int code) {
  reply(line, R"("type":"error","text":"no","code":)" + std::to_string(code));
}

void handle(const std::string& line) {
  const std::string type = field(line, "type");
  const std::string key = field(line, "key");
  if (type == "\"add\"") {
    const long seen = total;
    log("adding to " + std::to_string(seen));
    total = seen + std::stol(field(line, "delta"));
    reply(line, R"("type":"add_ok")");
  } else if (type == "\"generate\"") {
    const long taken = next_id;
    log("giving " + std::to_string(taken));
    next_id = taken + 1;
    reply(line, R"("type":"generate_ok","id":)" + std::to_string(taken));
  } else if (type == "\"write\"") {
    reply(line, R"("type":"write_ok")");
    log("key " + key + " will be written");
    values[key] = field(line, "value");
  } else if (type == "\"cas\"") {
    if (!values.contains(key)) return error(line, 20);
    if (values[key] != field(line, "from")) return error(line, 22);
    values[key] = field(line, "to");
    reply(line, R"("type":"cas_ok")");
  } else if (type == "\"read\"" && race == "counter") {
    reply(line, R"("type":"read_ok","value":)" + std::to_string(total));
  } else if (type == "\"read\"") {
    values.contains(key) ? reply(line, R"("type":"read_ok","value":)" + values[key]) : error(line, 20);
  } else {
    reply(line, R"("type":)" + type.substr(0, type.size() - 1) + "_ok\"");
  }
}

}  // namespace

int main(int, char** words) {
  race = words[1];
  for (std::string line; std::getline(std::cin, line);) std::thread(handle, line).detach();
}
