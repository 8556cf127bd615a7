#!/usr/bin/env python3
"""Prints as JSON what handoff records mean. See README.md."""
import hashlib, json, sys
from datetime import datetime
from pathlib import Path
import yaml  # Debian: python3-yaml

KINDS = "handoff ack question answer resolution decision escalation assignment route withdrawal gap".split()

class Problem(Exception): "What a record says is not allowed where it stands."
def must(so):
    if not so: raise Problem

class State:  # the numbers are those of the sections of FORMAT.md
    def __init__(self, files):
        self.items, self.blockers, self.decisions, self.handoffs, self.problems = {}, {}, {}, {}, []
        records = {}
        for data in files:  # 4.1, 15.2
            r = yaml.safe_load(data)
            known = r.get("schema") == "handoff/v1" and r.get("kind") in KINDS and r.get("by") and r.get("at")
            if known: records[r["id"]] = r | {"bytes": hashlib.sha256(data).hexdigest()}
            else: self.problems.append(r.get("id", ""))
        self.order = sorted(records, key=lambda id: (datetime.fromisoformat(records[id]["at"]), id))  # 7.1
        for r in map(records.get, self.order): self.part(getattr(self, r["kind"]), r)

    def part(self, do, r, *what):  # what is not allowed changes nothing, and the rest of the record counts
        try: do(r, *what)
        except Problem: self.problems.append(r["id"])

    def handoff(self, h):
        self.handoffs[h["id"]] = h
        for item in h["items"]: self.part(self.declare, h, item)
        for s in h["shipped"]: self.part(self.close, h, s.get("id"), "shipped")
        for d in h.get("dropped", []): self.part(self.close, h, d["id"], "dropped")
        for b in h["blockers"]: self.blockers[b["id"]] = {"state": "declared", "declared": h["id"], "declared_by": h["by"], "resolution": None}
        for d in h["decisions"]: self.part(self.decide, h, d["id"], d)

    def declare(self, h, new):  # 8.1 to 8.4, 8.11
        old = self.items.get(new["id"])
        if old: must(old["declared"] != h["id"] and (new.get("reopened") if old["closed_by"] else old["holder"] == h["by"]))
        it = old if old and not old["closed_by"] else {"holder": h["by"], "held_by": h["id"], "owner": new["owner"], "status": None}
        agreed = new["owner"] in (it["owner"], h["by"])
        to = list(dict.fromkeys(step["owner"] for step in new["next"] if step["owner"] != h["by"]))
        self.items[new["id"]] = it | {
            "status": new["status"], "carried": it["carried"] + 1 if it["status"] == new["status"] else 1, "declared": h["id"], "closed_by": None,
            "owner": new["owner"] if agreed else it["owner"], "proposed_owner": None if agreed else new["owner"],
            "intent": new.get("intent", (old or {}).get("intent")), "offered_to": to or None, "offered_in": h["id"] if to else None}

    def close(self, h, slug, how):  # 8.10
        if it := self.items.get(slug):
            must(it["holder"] == h["by"])
            if not it["closed_by"]: it |= {"status": how, "closed_by": h["id"], "offered_to": None, "offered_in": None}

    def ack(self, a):  # 8.4, 8.5, 9.3
        must(a["outcome"] in ("accepted", "accepted_with_gaps", "changes_requested", "declined", "seen"))
        if not (h := self.handoffs.get(a["subject"])) or not a["outcome"].startswith("accepted"): return
        must(a.get("digest", h["bytes"]) == h["bytes"])
        for ref in a.get("take", []): self.part(self.take, a, h, ref.removeprefix("item:"))
        for it in self.items.values():
            if it["declared"] == h["id"] and it["proposed_owner"] == a["by"]: it |= {"owner": a["by"], "proposed_owner": None}

    def take(self, a, h, slug):
        it = self.items.get(slug)
        must(it and slug in [item["id"] for item in h["items"]])
        if it["holder"] != a["by"] or it["closed_by"]:
            must(it["holder"] == h["by"] and it["offered_to"])
            it |= {"holder": a["by"], "held_by": a["id"], "offered_to": None, "offered_in": None}

    def resolution(self, r):  # 10.4
        b = self.blockers.get(r["blocker"].removeprefix("blk:"))
        must(b and not b["resolution"] and r["outcome"] in ("resolved", "workaround", "withdrawn", "obsolete", "wont_fix"))
        b |= {"state": r["outcome"], "resolution": r["id"]}

    def decision(self, r): self.decide(r, r["topic"], r)
    def decide(self, r, topic, d):  # 12.1 to 12.3
        old, anew = self.decisions.get(topic), d.get("supersedes") == topic
        if old and old["decision"] == d["decision"] and not anew: return
        must(not old or anew)
        self.decisions[topic] = {"state": "accepted", "decision": d["decision"], "record": r["id"]}

    def later(self, r): "What those kinds mean that are not read here."
    question = answer = escalation = assignment = route = withdrawal = gap = later

if __name__ == "__main__":
    place = Path(sys.argv[1])  # a directory of records, or a vector, in which they stand behind what it shows
    files = [f.read_bytes() for f in place.glob("????/??/??/*.yaml")] if place.is_dir() else place.read_bytes().split(b"---\n")[1:]
    json.dump(vars(State(files)), sys.stdout)
