# Keypoints of LivestockKeypoints v1.0 (Wang et al., CC BY 4.0); only the lower legs have sides
livestock = dict(
    dataset_name='livestock',
    paper_info=dict(
        author='Wang, Yiwei and others',
        title='LivestockKeypoints v1.0'),
    keypoint_info={
        0: dict(
            name='mouth', id=0, color=[51, 153, 255], type='upper', swap=''),
        1: dict(
            name='eye', id=1, color=[51, 153, 255], type='upper', swap=''),
        2: dict(
            name='ear', id=2, color=[51, 153, 255], type='upper', swap=''),
        3: dict(
            name='neck', id=3, color=[51, 153, 255], type='upper', swap=''),
        4: dict(
            name='shoulder', id=4, color=[51, 153, 255], type='upper', swap=''),
        5: dict(
            name='chest', id=5, color=[51, 153, 255], type='upper', swap=''),
        6: dict(
            name='hip', id=6, color=[51, 153, 255], type='lower', swap=''),
        7: dict(
            name='tail', id=7, color=[51, 153, 255], type='lower', swap=''),
        8: dict(
            name='elbow', id=8, color=[51, 153, 255], type='lower', swap=''),
        9: dict(
            name='l_fore_wrist', id=9, color=[0, 255, 0], type='lower', swap='r_fore_wrist'),
        10: dict(
            name='l_fore_foot', id=10, color=[0, 255, 0], type='lower', swap='r_fore_foot'),
        11: dict(
            name='r_fore_wrist', id=11, color=[255, 128, 0], type='lower', swap='l_fore_wrist'),
        12: dict(
            name='r_fore_foot', id=12, color=[255, 128, 0], type='lower', swap='l_fore_foot'),
        13: dict(
            name='hind_knee', id=13, color=[51, 153, 255], type='lower', swap=''),
        14: dict(
            name='l_hind_hock', id=14, color=[0, 255, 0], type='lower', swap='r_hind_hock'),
        15: dict(
            name='l_hind_foot', id=15, color=[0, 255, 0], type='lower', swap='r_hind_foot'),
        16: dict(
            name='r_hind_hock', id=16, color=[255, 128, 0], type='lower', swap='l_hind_hock'),
        17: dict(
            name='r_hind_foot', id=17, color=[255, 128, 0], type='lower', swap='l_hind_foot'),
    },
    skeleton_info={
        0: dict(link=('mouth', 'eye'), id=0, color=[51, 153, 255]),
        1: dict(link=('eye', 'ear'), id=1, color=[51, 153, 255]),
        2: dict(link=('ear', 'neck'), id=2, color=[51, 153, 255]),
        3: dict(link=('neck', 'shoulder'), id=3, color=[51, 153, 255]),
        4: dict(link=('shoulder', 'chest'), id=4, color=[51, 153, 255]),
        5: dict(link=('chest', 'hip'), id=5, color=[51, 153, 255]),
        6: dict(link=('hip', 'tail'), id=6, color=[51, 153, 255]),
        7: dict(link=('shoulder', 'elbow'), id=7, color=[51, 153, 255]),
        8: dict(link=('elbow', 'l_fore_wrist'), id=8, color=[51, 153, 255]),
        9: dict(link=('l_fore_wrist', 'l_fore_foot'), id=9, color=[51, 153, 255]),
        10: dict(link=('elbow', 'r_fore_wrist'), id=10, color=[51, 153, 255]),
        11: dict(link=('r_fore_wrist', 'r_fore_foot'), id=11, color=[51, 153, 255]),
        12: dict(link=('hip', 'hind_knee'), id=12, color=[51, 153, 255]),
        13: dict(link=('hind_knee', 'l_hind_hock'), id=13, color=[51, 153, 255]),
        14: dict(link=('l_hind_hock', 'l_hind_foot'), id=14, color=[51, 153, 255]),
        15: dict(link=('hind_knee', 'r_hind_hock'), id=15, color=[51, 153, 255]),
        16: dict(link=('r_hind_hock', 'r_hind_foot'), id=16, color=[51, 153, 255]),
    },
    joint_weights=[1.0] * 18,
    # no published sigmas: those of COCO's joints lie around it
    sigmas=[0.05] * 18)
