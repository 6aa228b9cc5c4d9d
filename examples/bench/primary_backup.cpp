// Primary-backup replication of lin-kv's registers; with two broken sisters: one acknowledges too early, one reads what
// may be old.
//
//     bench_primary_backup test -w lin-kv -s primary-backup --rate 50 --nemesis swarm --seeds 1..200
//     bench_primary_backup test -w lin-kv -s early-ack --rate 50 --nemesis partition --seeds 1..20 --shrink
#include <map>
#include <mznode/bench.hpp>

using namespace mznode;

struct Read {
  Json key;
  MZNODE_FIELDS(key)
};
struct ReadOk {
  Json value;
  MZNODE_FIELDS(value)
};
struct Write {
  Json key;
  Json value;
  MZNODE_FIELDS(key, value)
};
struct Cas {
  Json key;
  Json from;
  Json to;
  MZNODE_FIELDS(key, from, to)
};
/// What a node hands on: the type and the fields of a client's request. Its number tells it from what a node hands on
/// before and after it.
struct Asked {
  std::string what;
  Json fields;
  std::uint64_t number = 0;
  MZNODE_FIELDS(what, fields, number)
};
/// What the primary tells its backup. Of two for one key, that of the higher version counts, in whichever order they
/// arrive and how often.
struct Update {
  Json key;
  Json value;
  std::uint64_t version = 0;
  MZNODE_FIELDS(key, value, version)
  static constexpr bool idempotent = true;
};

/// The first node is the primary, which puts all updates into an order and acknowledges one when the backup has it. The
/// last node is the backup, which answers all reads: what was acknowledged is there, and what it has shown once it
/// shows from then on. The nodes between them hand on what they are asked.
class PrimaryBackup {
 public:
  explicit PrimaryBackup(Node& node) : node_(node) {
    for (const char* type : {"read", "write", "cas"}) node.on(type, this, &PrimaryBackup::serve);
    node.on_peer("ask", [this](Asked asked, Request request) { return take_over(std::move(asked), request.src); });
    node.on_peer("update", [this](Update update) { take(std::move(update)); });
  }
  virtual ~PrimaryBackup() = default;

 protected:
  const std::string& primary() const { return node_.node_ids().front(); }
  const std::string& backup() const { return node_.node_ids().back(); }
  virtual const std::string& reader() const { return backup(); }

  /// Returns when the backup has the update.
  virtual Task<> replicate(Update update) {
    if (backup() == primary()) co_return;
    co_await node_.retry(backup(), "update", update);
  }

  Node& node_;

 private:
  Task<Reply> serve(Message request) {
    const std::string& whose = request.type == "read" ? reader() : primary();
    if (whose == node_.id()) return perform(request.type, request.fields());
    return hand_on(whose, {request.type, request.fields(), node_.next_count()});
  }

  Task<Reply> hand_on(std::string whom, Asked asked) {
    try {
      auto reply = co_await node_.rpc(whom, "ask", asked);
      co_return Reply{reply.type, reply.fields()};
    } catch (const Error& error) {
      // Asked once: what is certain for the other node is certain for our client.
      if (is_definite(error.code())) throw error.restated();
      throw;
    }
  }

  /// A network may double a message, and a write that is done twice undoes what was done in between. So a node takes
  /// over nothing that was handed on before the newest that it knows of the same node.
  Task<Reply> take_over(Asked asked, std::string origin) {
    std::uint64_t& newest = newest_[origin];
    if (asked.number <= newest) throw Error{ErrorCode::crash, "this was handed on twice, or overtaken"};
    newest = asked.number;
    return perform(asked.what, asked.fields);
  }

  Task<Reply> perform(const std::string& type, const Json& fields) {
    if (type == "read") return read(from_json<Read>(fields));
    if (type == "write") return write(from_json<Write>(fields));
    return cas(from_json<Cas>(fields));
  }

  Task<Reply> read(Read request) {
    const ReadOk found{find(request.key).value};
    co_return Reply{"read_ok", to_json(found)};
  }

  Task<Reply> write(Write request) {
    const Update update{request.key, request.value, node_.next_count()};
    take(update);
    co_await replicate(update);
    co_return Reply{"write_ok"};
  }

  Task<Reply> cas(Cas request) {
    const Update found = find(request.key);
    if (found.value != request.from) {
      // To say so is to show what the register holds: reads must find it from now on.
      co_await replicate(found);
      throw Error{ErrorCode::precondition_failed, "the value is " + found.value.text()};
    }
    const Update update{request.key, request.to, node_.next_count()};
    take(update);
    co_await replicate(update);
    co_return Reply{"cas_ok"};
  }

  const Update& find(const Json& key) const {
    const auto found = registers_.find(key);
    if (found == registers_.end()) throw Error{ErrorCode::key_does_not_exist, "there is no key " + key.text()};
    return found->second;
  }
  void take(Update update) {
    Update& known = registers_[update.key];
    if (update.version > known.version) known = std::move(update);
  }

  std::map<Json, Update> registers_;
  /// The number of what each node has handed on last.
  std::map<std::string, std::uint64_t> newest_;
};

/// Broken: acknowledges before the backup has it.
class EarlyAck final : public PrimaryBackup {
 public:
  using PrimaryBackup::PrimaryBackup;

 private:
  Task<> replicate(Update update) override {
    node_.spawn(PrimaryBackup::replicate(std::move(update)));
    co_return;
  }
};

/// Broken: the primary answers reads, too. What it shows, the backup may not have: who asks there next reads back in
/// time.
class StaleRead final : public PrimaryBackup {
 public:
  using PrimaryBackup::PrimaryBackup;

 private:
  const std::string& reader() const override { return node_.id() == primary() ? primary() : backup(); }
};

int main(int argc, char** argv) {
  const Guarantees promised{.model = "linearizable",
                            .available = false,
                            .survives = message_faults({Fault::skew}),
                            .caveat = "nothing is written while the two are cut off from each other"};
  return bench::main(
      argc, argv,
      {bench::strategy<PrimaryBackup>("lin-kv", "primary-backup", "updates wait for the backup, which answers reads",
                                      promised),
       bench::strategy<EarlyAck>("lin-kv", "early-ack", "acknowledges before the backup has it (broken)"),
       bench::strategy<StaleRead>("lin-kv", "stale-read", "the primary answers reads, too (broken)")});
}
