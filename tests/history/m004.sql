CREATE TABLE conversation ( id INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT NOT NULL UNIQUE, source TEXT NOT NULL, customer TEXT, origin TEXT NOT NULL, notes TEXT NOT NULL, saved_at TEXT NOT NULL, turns INTEGER NOT NULL, excerpt TEXT NOT NULL, peak REAL, label TEXT, spikes INTEGER NOT NULL, shift REAL, risk REAL, mood_ms REAL NOT NULL, unread TEXT NOT NULL DEFAULT '[]', recoveries TEXT NOT NULL DEFAULT '[]', vulnerable TEXT NOT NULL DEFAULT '[]', record TEXT NOT NULL DEFAULT 'null', asides TEXT NOT NULL DEFAULT '[]');
INSERT INTO conversation (id, ref, source, customer, origin, notes, saved_at, turns, excerpt, peak, label, spikes, shift, risk, mood_ms, unread, recoveries, vulnerable, record, asides) VALUES (1, 'c1', 'plain', 'Anna Müller-Straße', 'live', '["The second line was left out."]', '2026-01-05T10:00:01.000000+00:00', 8, 'The quokka parcel never came.', 0.67142857142857138, 'anger', 1, -0.33, 0.66, 9.1, '[6]', '[{"turn":4,"since":2,"fall":0.2}]', '[{"turn":2,"kind":"illness","words":["in hospital"],"guidance":"Take your time."}]', '{"fields":[["plan","Gold"],["renewal","3 March"]]}', '[["Anna is a friend of the numbat keeper",-1,null,null],["Voucher agreed with Kim,\nsee above",4,"Kim","2026-01-05T10:04:00+05:30"]]');
INSERT INTO conversation (id, ref, source, customer, origin, notes, saved_at, turns, excerpt, peak, label, spikes, shift, risk, mood_ms, unread, recoveries, vulnerable, record, asides) VALUES (2, 'c2', 'plain', 'Anna Müller-Straße', 'live', '["The second line was left out."]', '2026-01-05T10:00:05.000000+00:00', 8, 'Zebrafish delivery 50%_off number 0 of c2', NULL, NULL, 0, NULL, NULL, 0.0, '[]', '[]', '[]', '{"fields":[["plan","Gold"],["renewal","3 March"]]}', '[["Anna is a friend of the numbat keeper",-1,null,null],["Voucher agreed with Kim,\nsee above",4,"Kim","2026-01-05T10:04:00+05:30"]]');
CREATE TABLE turn ( conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, i INTEGER NOT NULL, speaker TEXT NOT NULL, name TEXT, at TEXT, text TEXT NOT NULL, via TEXT, PRIMARY KEY (conversation_id, i)) WITHOUT ROWID;
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (1, 0, 'customer', 'Anna', NULL, 'Zebrafish delivery 50%_off
number 0 of c1', NULL);
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (1, 1, 'agent', NULL, '2026-01-05T10:01:07.123456', 'Zebrafish delivery 50%_off
number 1 of c1', 'browser');
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (1, 2, 'customer', 'Anna', '2026-01-05T10:02:00+05:30', 'Zebrafish delivery 50%_off
number 2 of c1', 'push');
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (1, 3, 'agent', NULL, NULL, 'Zebrafish delivery 50%_off
number 3 of c1', NULL);
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (1, 4, 'customer', 'Anna', '2026-01-05T10:04:07.123456', 'Zebrafish delivery 50%_off
number 4 of c1', 'browser');
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (1, 5, 'agent', NULL, '2026-01-05T10:05:00+05:30', 'Zebrafish delivery 50%_off
number 5 of c1', 'push');
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (1, 6, 'customer', 'Anna', NULL, 'Zebrafish delivery 50%_off
number 6 of c1', NULL);
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (1, 7, 'agent', NULL, '2026-01-05T10:07:07.123456', 'Zebrafish delivery 50%_off
number 7 of c1', 'browser');
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (2, 0, 'customer', 'Anna', NULL, 'Zebrafish delivery 50%_off
number 0 of c2', NULL);
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (2, 1, 'agent', NULL, '2026-01-05T10:01:07.123456', 'Zebrafish delivery 50%_off
number 1 of c2', 'browser');
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (2, 2, 'customer', 'Anna', '2026-01-05T10:02:00+05:30', 'Zebrafish delivery 50%_off
number 2 of c2', 'push');
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (2, 3, 'agent', NULL, NULL, 'Zebrafish delivery 50%_off
number 3 of c2', NULL);
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (2, 4, 'customer', 'Anna', '2026-01-05T10:04:07.123456', 'Zebrafish delivery 50%_off
number 4 of c2', 'browser');
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (2, 5, 'agent', NULL, '2026-01-05T10:05:00+05:30', 'Zebrafish delivery 50%_off
number 5 of c2', 'push');
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (2, 6, 'customer', 'Anna', NULL, 'Zebrafish delivery 50%_off
number 6 of c2', NULL);
INSERT INTO turn (conversation_id, i, speaker, name, at, text, via) VALUES (2, 7, 'agent', NULL, '2026-01-05T10:07:07.123456', 'Zebrafish delivery 50%_off
number 7 of c2', 'browser');
CREATE TABLE reading ( conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, turn INTEGER NOT NULL, label TEXT NOT NULL, distress REAL NOT NULL, valence REAL NOT NULL, urgency REAL NOT NULL, scores TEXT NOT NULL, words TEXT NOT NULL, fine TEXT NOT NULL, corrected INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (conversation_id, turn)) WITHOUT ROWID;
INSERT INTO reading (conversation_id, turn, label, distress, valence, urgency, scores, words, fine, corrected) VALUES (1, 0, 'confusion', 0.1, -0.62, 0.0, '{"anger":0.14285714285714285,"frustration":0.14285714285714285,"confusion":0.14285714285714285,"stress":0.14285714285714285,"sadness":0.14285714285714285,"satisfaction":0.14285714285714285,"neutral":0.14285714285714285}', '["Zebrafish"]', '{"anger":0.123456789}', 0);
INSERT INTO reading (conversation_id, turn, label, distress, valence, urgency, scores, words, fine, corrected) VALUES (1, 2, 'confusion', 0.38571428571428568, -0.62, 0.0, '{"anger":0.14285714285714285,"frustration":0.14285714285714285,"confusion":0.14285714285714285,"stress":0.14285714285714285,"sadness":0.14285714285714285,"satisfaction":0.14285714285714285,"neutral":0.14285714285714285}', '["Zebrafish"]', '{"anger":0.123456789}', 1);
INSERT INTO reading (conversation_id, turn, label, distress, valence, urgency, scores, words, fine, corrected) VALUES (1, 4, 'anger', 0.67142857142857138, -0.62, 0.0, '{"anger":0.14285714285714285,"frustration":0.14285714285714285,"confusion":0.14285714285714285,"stress":0.14285714285714285,"sadness":0.14285714285714285,"satisfaction":0.14285714285714285,"neutral":0.14285714285714285}', '["Zebrafish"]', '{"anger":0.123456789}', 0);
CREATE TABLE spike ( conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, n INTEGER NOT NULL, turn INTEGER NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL, distress REAL NOT NULL, rise REAL NOT NULL, trigger_turn INTEGER, evidence TEXT NOT NULL, nudge TEXT NOT NULL, cause TEXT NOT NULL DEFAULT '', PRIMARY KEY (conversation_id, n)) WITHOUT ROWID;
INSERT INTO spike (conversation_id, n, turn, kind, severity, distress, rise, trigger_turn, evidence, nudge, cause) VALUES (1, 0, 4, 'anger', 'high', 0.67, 0.41, NULL, '["Zebrafish","late"]', 'Say what happens next.', 'silence');
CREATE TABLE assist ( conversation_id INTEGER PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE, model TEXT NOT NULL, summary TEXT NOT NULL, actions TEXT NOT NULL, context TEXT NOT NULL, notes TEXT NOT NULL, first_token_ms REAL NOT NULL, ms REAL NOT NULL, tactic TEXT NOT NULL DEFAULT 'null');
INSERT INTO assist (conversation_id, model, summary, actions, context, notes, first_token_ms, ms, tactic) VALUES (1, 'a-model', '{"issue":{"text":"The quokka parcel never came.","turns":[0,2]},"tried":[{"text":"Tracking was looked at.","turns":[1]}],"feeling":null,"wants":{"text":"A refund","turns":[6]},"open":[],"facts":[{"kind":"order_id","value":"A-48213","turn":0}]}', '[{"text":"Ask the carrier","why":"It is late","turns":[4]}]', '{"used":310,"limit":4096,"left_out":[7],"sections":2}', '["One turn did not fit."]', 240.5, 5900.0, '{"text":"Say back what went wrong","why":"They told it twice","turns":[4]}');
CREATE TABLE suggestion ( conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, slot INTEGER NOT NULL, strategy TEXT NOT NULL, text TEXT NOT NULL, pillars TEXT NOT NULL, empathy REAL NOT NULL, grounding TEXT NOT NULL, outcome TEXT, outcome_text TEXT, outcome_at TEXT, source TEXT NOT NULL DEFAULT 'composed', PRIMARY KEY (conversation_id, slot)) WITHOUT ROWID;
INSERT INTO suggestion (conversation_id, slot, strategy, text, pillars, empathy, grounding, outcome, outcome_text, outcome_at, source) VALUES (1, 0, 'Own it', 'Sorry, Anna.', '{"listen":"given","own":"missing"}', 0.81, '{"ok":false,"unsupported":["€20"]}', 'edited', 'Sorry, dear Anna.', '2026-01-05T10:00:02.000000+00:00', 'generated');
INSERT INTO suggestion (conversation_id, slot, strategy, text, pillars, empathy, grounding, outcome, outcome_text, outcome_at, source) VALUES (1, 1, 'Own it', 'I will look.', '{"listen":"given","own":"missing"}', 0.81, '{"ok":false,"unsupported":["€20"]}', NULL, NULL, NULL, 'generated');
CREATE TABLE search_text (conversation_id INTEGER PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE, text TEXT NOT NULL);
INSERT INTO search_text (conversation_id, text) VALUES (1, 'anna müller-strasse
zebrafish delivery 50%_off
number 0 of c1
zebrafish delivery 50%_off
number 1 of c1
zebrafish delivery 50%_off
number 2 of c1
zebrafish delivery 50%_off
number 3 of c1
zebrafish delivery 50%_off
number 4 of c1
zebrafish delivery 50%_off
number 5 of c1
zebrafish delivery 50%_off
number 6 of c1
zebrafish delivery 50%_off
number 7 of c1
anna is a friend of the numbat keeper
voucher agreed with kim,
see above
the quokka parcel never came.
tracking was looked at.
a refund');
INSERT INTO search_text (conversation_id, text) VALUES (2, 'anna müller-strasse
zebrafish delivery 50%_off
number 0 of c2
zebrafish delivery 50%_off
number 1 of c2
zebrafish delivery 50%_off
number 2 of c2
zebrafish delivery 50%_off
number 3 of c2
zebrafish delivery 50%_off
number 4 of c2
zebrafish delivery 50%_off
number 5 of c2
zebrafish delivery 50%_off
number 6 of c2
zebrafish delivery 50%_off
number 7 of c2
anna is a friend of the numbat keeper
voucher agreed with kim,
see above');
CREATE TABLE correction ( id INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT, turn INTEGER NOT NULL, label TEXT NOT NULL, scores TEXT NOT NULL, distress REAL NOT NULL, at TEXT NOT NULL, UNIQUE (ref, turn));
INSERT INTO correction (id, ref, turn, label, scores, distress, at) VALUES (1, 'c1', 2, 'frustration', '{"anger":0.1,"frustration":0.3333333333333333,"confusion":0.30000000000000004,"stress":0.1,"sadness":0.1,"satisfaction":0.1,"neutral":0.1}', 0.30000000000000004, '2026-01-05T10:00:03.000000+00:00');
CREATE TABLE choice ( id INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT NOT NULL, turns INTEGER NOT NULL, slot INTEGER NOT NULL, features TEXT NOT NULL, outcome TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (ref, turns, slot));
INSERT INTO choice (id, ref, turns, slot, features, outcome, at) VALUES (1, 'c1', 8, 0, '["strategy:own","register:warm"]', 'copied', '2026-01-05T10:00:04.000000+00:00');
CREATE INDEX conversation_newest ON conversation (saved_at DESC, id DESC);
PRAGMA user_version = 4;
