"""The quick form of ``stress/fuzz_json.py``."""

from stress import fuzz_json, json_mutants


def test_damaged_files_are_taken_or_refused_in_words():
    counts, wrong = fuzz_json.run(range(16))
    assert wrong == []
    assert sum(counts.values()) > 60
    assert {outcome for _, outcome in counts} == {'taken', 'refused'}


def test_mutants_differ_and_leave_the_document_as_it_is():
    document = dict(images=[dict(id=1, file_name='a')], annotations=[dict(id=1, bbox=[1, 2])])
    found = {json_mutants.mutant(document, seed)[0] for seed in range(40)}
    assert len(found) > 30
    assert json_mutants.mutant(document, 3) == json_mutants.mutant(document, 3)
    assert document['annotations'] == [dict(id=1, bbox=[1, 2])]
