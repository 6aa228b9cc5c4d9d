#pragma once

namespace mznode::app {

/// From now on the first SIGINT or SIGTERM only asks the program to stop; a second one ends it at once.
void stop_on_signals();

/// True once the user has asked the program to stop.
bool was_interrupted();

}  // namespace mznode::app
