#pragma once

// Everything that a node is written with.

#include "mznode/json/error.hpp"
#include "mznode/json/json.hpp"
#include "mznode/node/kv.hpp"
#include "mznode/node/node.hpp"
#include "mznode/node/run.hpp"
#include "mznode/node/stdio_runtime.hpp"
#include "mznode/node/topology.hpp"
