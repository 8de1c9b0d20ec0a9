#!/usr/bin/env bash
# slurm_steps.sh STRANG FOLDER ARGUMENTS...: a sweep as a job array; one of its tasks is requeued by the cluster's
# administrator, another one gets the warning that its time is up. Ends when every cell has its end.
set -eu
strang=$1 folder=$2
shift 2
cd "$folder"
"$strang" sweep "$@" output=array launcher=slurm launcher.processes=2 launcher.timeout_min=10 >submitted.txt
job=$(sed -n 's/^Submitted batch job //p' submitted.txt)
count() { find array -name run.h5 2>/dev/null | wc -l; }
wait_for() { for ((i = 0; i < 1200; ++i)); do (($(count) >= $1)) && return; sleep 0.1; done; squeue -a; exit 1; }
wait_for 2
scancel --signal=USR1 --batch "${job}_0"
wait_for 4
scontrol requeue "${job}_1"
for ((i = 0; i < 3000; ++i)); do
  [[ $(squeue -h -t PENDING,RUNNING,COMPLETING,REQUEUED 2>/dev/null | wc -l) == 0 ]] && break
  (($(count) == 12)) && [[ ! -e array/leases ]] && break
  sleep 0.1
done
scontrol show job "$job" >jobs.txt 2>&1 || true
"$strang" sweep status array >status.txt
