#!/bin/bash
#SBATCH --job-name=tablesync-shards
#SBATCH --array=0-63%16
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=24:00:00
#SBATCH --signal=B:TERM@60
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=tablesync-%A_%a.log

# Does one shard of the run in a folder that all nodes share: sbatch slurm-shards.sh DIR
#
# If a node fails, Slurm queues the shard again (--requeue), and it goes on where it stopped. By
# exit code, Slurm does that only if its administrator has set RequeueExit: 3, 130, 137 and 143 are
# worth another attempt, 2 and 4 are not. To repeat shards 3 and 17 yourself:
#
#   sbatch --array=3,17 slurm-shards.sh DIR
#
# A minute before the time limit, tablesync is told to stop: it saves its checkpoint and ends with
# 143. Repeat the shard then too.

set -eu
dir=${1:?name the folder of the run: sbatch slurm-shards.sh DIR}

# In place of this shell, so that signals for the shell reach tablesync. It would find the index by
# itself, but it would also refuse arrays such as 0,1: a whole array has as many tasks as shards.
exec tablesync shard "$dir" --shard-index "${SLURM_ARRAY_TASK_ID:?submit this with sbatch}"
