#include "dissemination/spread.hpp"

namespace mznode::dissemination {

std::vector<Option> spread_options(Patience patience) {
  return {{.name = "flush-ms",
           .default_value = patience.flush_ms,
           .min = 0,
           .max = 60'000,
           .summary = "the window: how long an element waits for others to share its message"},
          {.name = "ack-ms",
           .default_value = patience.ack_ms,
           .min = 0,
           .max = 60'000,
           .summary = "how long, beyond a window, an acknowledgement waits for a message to ride on"},
          {.name = "resend-ms",
           .default_value = patience.resend_ms,
           .min = 1,
           .max = 60'000,
           .summary = "when, beyond two windows, to repeat what was not acknowledged; above ack-ms and a round trip"}};
}

Disseminator::Config spread_config(const OptionValues& options) {
  const Duration window = options.milliseconds("flush-ms");
  const Duration ack_delay = window + options.milliseconds("ack-ms");
  return {.relay = true,
          .flush_delay = window,
          .ack_delay = ack_delay,
          .resend_after = 2 * window + options.milliseconds("resend-ms"),
          .announce_delay = ack_delay};
}

Disseminator::Config direct_config(const OptionValues& options) {
  auto config = spread_config(options);
  config.relay = false;
  return config;
}

Guarantees spread_guarantees() {
  return {.model = "eventually consistent", .survives = message_faults({Fault::skew})};
}

}  // namespace mznode::dissemination
