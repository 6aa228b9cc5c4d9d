#pragma once

// Everything that a node is written with.

#include "error.hpp"
#include "json.hpp"
#include "kv.hpp"
#include "node.hpp"
#include "run.hpp"
#include "stdio_runtime.hpp"
#include "topology.hpp"
