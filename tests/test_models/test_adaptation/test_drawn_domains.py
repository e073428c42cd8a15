from mmpose.structures import PoseDataSample

from mmpose_addons.models.adaptation.drawn_domains import domain_of, drawn_domains


def test_a_sample_of_any_other_data_set_counts_as_source():
    human = PoseDataSample(metainfo=dict(domain='human', drawn_domains=('human', 'target')))
    assert [domain_of(sample) for sample in (human, PoseDataSample())] == ['human', 'source']
    assert drawn_domains([human, PoseDataSample()]) == {'human', 'source', 'target'}
