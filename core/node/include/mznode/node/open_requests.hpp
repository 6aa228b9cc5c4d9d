#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "mznode/json/error.hpp"

namespace mznode {

/// Owns how many requests wait for their handlers' tasks, and lets in what there is room for. Those of clients and
/// those of everybody else are counted apart: nodes that wait for each other must not shut each other out because of
/// their clients.
class OpenRequests {
  struct Load {
    std::size_t requests = 0;
    std::size_t bytes = 0;
  };

 public:
  /// Of either kind at a time, and how many bytes their bodies may have together.
  static constexpr std::size_t most = 10'000;
  static constexpr std::size_t most_bytes = 8 << 20;

  /// A request's share, for as long as this lives.
  class Ticket {
   public:
    Ticket(Load& load, std::size_t bytes) : load_(&load), bytes_(bytes) {
      ++load.requests;
      load.bytes += bytes;
    }
    Ticket(Ticket&& other) noexcept : load_(std::exchange(other.load_, nullptr)), bytes_(other.bytes_) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() {
      if (load_ == nullptr) return;
      --load_->requests;
      load_->bytes -= bytes_;
    }

   private:
    Load* load_;
    std::size_t bytes_;
  };

  /// Lets a request in. Throws Error temporarily_unavailable when too many are under way.
  Ticket admit(bool is_of_client, std::size_t bytes) {
    Load& load = is_of_client ? of_clients_ : of_others_;
    // A request that alone has more bytes gets its turn when no other waits.
    if (load.requests >= most || (load.requests > 0 && load.bytes + bytes > most_bytes)) {
      throw Error(ErrorCode::temporarily_unavailable,
                  "this node has " + std::to_string(load.requests) + " requests under way; try again later");
    }
    return {load, bytes};
  }

 private:
  Load of_clients_;
  Load of_others_;
};

}  // namespace mznode
