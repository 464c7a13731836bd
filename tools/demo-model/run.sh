#!/usr/bin/env bash
# Makes packages/demo-model/model from nothing: environment, data set, training, export, check, card.
# Arguments go to train_dit: `./run.sh --resume` continues an interrupted run.
set -euo pipefail
cd "$(dirname "$0")"

out=${OUT:-../../out/demo-model}               # checkpoints and logs
package=${PACKAGE:-../../packages/demo-model}  # where the exported files go
threads=${THREADS:-$(nproc)}
data=${DATA_ROOT:-/usr/share/datasets/fashion-mnist}
python=.venv/bin/python
resume=false
[[ " $* " == *" --resume "* ]] && resume=true

install_dataset() {
  [[ -f $data/train-images-idx3-ubyte.gz ]] && return
  if [[ -n ${DATA_ROOT:-} ]]; then
    echo "run.sh: no IDX files in DATA_ROOT=$data" >&2
    exit 1
  fi
  if ! command -v apt-get > /dev/null || [[ $(id -u) != 0 ]]; then
    echo "run.sh: Fashion-MNIST is missing. Run 'sudo apt-get install dataset-fashion-mnist'," >&2
    echo "run.sh: or set DATA_ROOT to a folder with its four .gz IDX files." >&2
    exit 1
  fi
  echo "run.sh: installing Debian's package dataset-fashion-mnist with apt-get"
  apt-get update
  apt-get install --yes --no-install-recommends dataset-fashion-mnist
}

step() {
  local module=$1
  shift
  echo "run.sh: $module $*"
  "$python" -m "forecache_demo_model.$module" "$@"
}

install_dataset
if [[ ! -x $python ]]; then
  echo "run.sh: creating .venv from requirements.lock"
  python3 -m venv .venv
  .venv/bin/pip install --quiet --requirement requirements.lock
fi
if [[ $resume == false || ! -f $out/classifier/classifier.pt ]]; then
  step train_classifier --out "$out/classifier" --data-root "$data"
fi
step train_dit --out "$out/dit" --data-root "$data" --threads "$threads" "$@"
step export_onnx --dit "$out/dit" --classifier "$out/classifier" --out "$package/model" \
  --data-root "$data"
step check_quality --package "$package"
step model_card --package "$package"
