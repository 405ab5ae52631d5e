"""What XGBoost and shap make of the same tables and models, as lines of JSON; started by bench/learn/peer.ts.

quality TABLE...     XGBoost taught with the oldest 70 %, asked about the newest 30 %: AUC, Brier, ECE
speed MODELS TABLE   one change, batches and training, on one core
"""

import json
import sys
import time

import numpy as np
import pandas as pd
import shap
import xgboost
from sklearn.metrics import brier_score_loss, roc_auc_score

SETTINGS = dict(
    objective="binary:logistic", max_depth=4, learning_rate=0.05, subsample=0.8,
    colsample_bytree=0.8, min_child_weight=5, tree_method="hist", nthread=1, seed=1,
)


def say(**what):
    print(json.dumps(what), flush=True)


def table(path):
    rows = pd.read_csv(path).sort_values("ts", kind="stable")
    facts = rows.drop(columns=["commit_id", "ts", "bug"])
    return facts.assign(
        churn=facts.la + facts.ld, la_rel=facts.la / (facts["lt"] + 1), ld_rel=facts.ld / (facts["lt"] + 1),
        la_per_file=facts.la / (facts.nf + 1), exp_ratio=facts.rexp / (facts.exp + 1),
        sexp_ratio=facts.sexp / (facts.exp + 1),
    ), rows.bug


def calibration_error(labels, scores):
    part = np.minimum(9, np.floor(scores * 10).astype(int))
    return sum(abs(np.sum((scores - labels)[part == one])) for one in range(10)) / len(labels)


def quality(paths):
    for path in paths:
        facts, bug = table(path)
        cut = int(len(bug) * 0.7)
        booster = xgboost.train(SETTINGS, xgboost.DMatrix(facts[:cut], bug[:cut]), 200)
        scores = booster.predict(xgboost.DMatrix(facts[cut:])).astype(float)
        newest = bug[cut:].to_numpy()
        say(auc=roc_auc_score(newest, scores), brier=brier_score_loss(newest, scores),
            ece=calibration_error(newest, scores))


def fastest(work, least_seconds=1.0):
    best, began = float("inf"), time.perf_counter()
    while time.perf_counter() - began < least_seconds:
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def speed(models, path):
    rows = np.tile(pd.read_csv(f"{models}/inputs_200.csv").to_numpy(float), (5, 1))
    names = list(pd.read_csv(f"{models}/inputs_200.csv").columns)
    for name in ("xgb_100x6", "xgb_500x6"):
        booster = xgboost.Booster({"nthread": 1}, model_file=f"{models}/{name}.json")
        matrix = xgboost.DMatrix(rows, feature_names=names, nthread=1)
        one = fastest(lambda: booster.predict(
            xgboost.DMatrix(rows[:1], feature_names=names, nthread=1), pred_contribs=True))
        whole = fastest(lambda: booster.predict(matrix, pred_contribs=True))
        explainer = shap.TreeExplainer(booster)
        explainer.model.original_model = None
        explainer.model.model_type = "internal"
        tree = fastest(lambda: explainer.shap_values(rows, check_additivity=False))
        say(model=name, one_ms=one * 1000, xgboost_a_second=len(rows) / whole, shap_a_second=len(rows) / tree)
    facts, bug = table(path)
    facts, bug = facts[:20000], bug[:20000]
    deep = dict(SETTINGS, max_depth=6)
    begin = time.perf_counter()
    xgboost.train(deep, xgboost.DMatrix(facts, bug, nthread=1), 200)
    say(train_seconds=time.perf_counter() - begin, rows=len(bug), columns=facts.shape[1])


say(xgboost=xgboost.__version__, shap=shap.__version__)
quality(sys.argv[2:]) if sys.argv[1] == "quality" else speed(*sys.argv[2:])
