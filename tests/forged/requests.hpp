#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace mznode::forged {

/// What clients ask for in a workload: the members of bodies, which differ with `number`.
inline std::vector<std::string> requests(const std::string& workload, int number) {
  const std::string n = std::to_string(number);
  const std::string key = std::to_string(number % 5);
  if (workload == "echo") return {R"("type":"echo","echo":)" + n};
  if (workload == "unique-ids") return {R"("type":"generate")"};
  if (workload == "broadcast") return {R"("type":"broadcast","message":)" + n, R"("type":"read")"};
  if (workload == "g-set") return {R"("type":"add","element":)" + n, R"("type":"read")"};
  if (workload == "g-counter" || workload == "pn-counter") return {R"("type":"add","delta":1)", R"("type":"read")"};
  if (workload == "lin-kv") {
    return {R"("type":"write","key":)" + key + R"(,"value":)" + n, R"("type":"read","key":)" + key,
            R"("type":"cas","key":)" + key + R"(,"from":)" + n + R"(,"to":)" + n};
  }
  if (workload == "kafka") {
    const std::string near_end = std::to_string(std::max(number / 5 - 2, 0));
    return {R"("type":"send","key":")" + key + R"(","msg":)" + n,
            R"("type":"poll","offsets":{"0":)" + near_end + R"(,"1":)" + near_end + "}",
            R"("type":"commit_offsets","offsets":{")" + key + R"(":)" + key + "}",
            R"("type":"list_committed_offsets","keys":["0","1","2","3","4"])"};
  }
  // Lists that grow for ever would be most of what is said.
  const std::string young = std::to_string(number / 20);
  const std::string write = workload == "txn-list-append" ? "append" : "w";
  return {R"("type":"txn","txn":[["r",)" + young + R"(,null],[")" + write + "\"," + young + "," + n + "]]",
          R"("type":"txn","txn":[["r",)" + young + ",null]]"};
}

}  // namespace mznode::forged
