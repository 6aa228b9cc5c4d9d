#pragma once

namespace mznode::trace {

/// While one lives, so many runs of this program share the processors. No run differs for it: it only takes longer.
class RunsAtOnce {
 public:
  explicit RunsAtOnce(unsigned runs);
  RunsAtOnce(const RunsAtOnce&) = delete;
  RunsAtOnce& operator=(const RunsAtOnce&) = delete;
  ~RunsAtOnce();

 private:
  unsigned before_;
};

/// How many processors a run that begins now may use, at least one: fewer while others of the machine are busy, since
/// threads that wait for each other wait for them, too.
unsigned processors_a_run();

}  // namespace mznode::trace
