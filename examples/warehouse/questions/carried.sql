-- Items that were declared three times or more with the same status: carry_age of
-- handoff stats. Drop them, split them or escalate.
SELECT i.repo, i.id AS item, i.status, i.severity, i.holder, i.team, i.carried, i.first_at, i.state
FROM handoff.items i
WHERE i.live AND i.carried >= 3
ORDER BY i.carried DESC, i.repo, i.id;
