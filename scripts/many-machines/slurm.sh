#!/usr/bin/env bash
#SBATCH --job-name=mznode
#SBATCH --array=1-8
#SBATCH --cpus-per-task=2
#SBATCH --output=mznode-%A-%a.jsonl
# Runs the seeds of a test in shards, one a task of a Slurm array, and prints a line of JSON a seed.
# Usage: sbatch [--array=1-N] slurm.sh [mznode test's options]; when all are done: cat mznode-*.jsonl
# Example: sbatch slurm.sh -w broadcast --nemesis swarm --seeds 1..10000
set -euo pipefail

# Ours come first: behind a `--` they would be the node's.
exec mznode test --json --store "" --jobs "${SLURM_CPUS_PER_TASK:-1}" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" "$@"
