"""Chinese technical text: one normal form, and the tokens that retrieval counts.

Every character is normalised by itself, so a position in the normal form can always be traced
back to the text a person typed; that is what makes highlighting honest.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import add

MAX_CHARACTERS = 20_000
"""Longer texts are cut here: what a need or a capability is stands in its first pages."""

_TRADITIONAL = (
    "開關產業發術機電動車線網絡訊號處測試驗證標準備設計劃製劑藥醫療診斷檢種養農飲氣體壓縮過濾純淨鹽鹼銅鋁鎂鈦鋼鐵鋅鎳鈷錳鋰鉛銀鎢釩礦煉鑄鍛熱塗層膠纖"
    "維織紡紙樹環離導顯圓積裝廠區實國際東廣華縣鄉園創務員專傳統經濟資數據庫軟雲無艙衛飛艦軌運輸儲倉燒爐鍋磚規噸萬億從這個與為時間後來對於應當將會現進"
    "階級類別條總結構複雜簡單強勁韌彈緩衝擊紋潤齒輪軸閥門廢棄濁漿塵滅質譜儀錶鏡頭攝監視聽聲響頻帶寬碼貨幣價幾點滿隨選擇優勢參許諾認識轉齊蝕繞緣脈腦腸"
    "臟葉蟲補訂詳誤調變貼貯躍較載輕輥辦遷遠適鄰釋針釬鈍鈉鉀鉻鉬銑鋯錫鎖鏈鏟鑽閉隱雙難靜頁頂項預顏顆風餘驅髒魚麥黃鹵氫氬汙溫濕溼滲滾潔濺瀝灑燈獲瓊盤礙"
    "穩窯節紅納細終組給緊編縫繼續纜聯膚膽臺蓋蘋蘭虛螢觸評該詢語課諮護譯讀貴輔輛輝輻遞遺郵鈣鉑鈀銻鉍釔鑭鈰鉭鈮鋇鍶銦鎵鍺鉿銣銫鎧矽緻異瘡傷癢穀糧釀豬雞"
    "鴨鵝馬鳥蠶絲綢緞繡綿棧樑樓橋槍極歷殘殺毀決沖況淺減湯溝潛澆災烏煙煩燙燭爾牽狀獨獎畫疊瘋眾碩確禮稱競筆築籤糾約紐絕綜綠罰羅習聖肅脫舊艱莖蔣薦藝蘇見"
    "觀訓訪詞詩誠請論議負財責貢販購費賈賓賞賠賴贈贏趕跡軍軒輯轄迴逕連達違遙遲還邊郷醜採釐銷鋪錄錯鍵鐘鑒長閃閒問闊陣陰陳陸陽隊險雖霧靈韓順領頗額顧飄飯"
    "飼館駕駛騎驟髮鬆鬥魯鮮鯨麗黨齡龍龜擴擋攪損換揮搖撐撥擔擠擬攤攜敗晝曬楊檔櫃欄權歐歲殼氈滯漲漸瀏灣爛爭牆獻瑪瑣皺盡盧睏礎禦稅穎窩窮竄範簽籠糞紀紛絞"
    "綫練縱績繪纏羣義聳脅膩臨舉芻莊蓮薩藍蘊蝦螞蠟襯覺覽亞醯烴羥銨銪釹鏑釤鋱鈧鈹鉈鎘釕銠銥鉺鐠鑥錸並啟團圍圖執堅墊場塊壞壽夾奧婦嬰孫學寧寫屬島峽嶺師幹"
    "彙復愛態慣慮憶戰戶拋揚擺攔晉暢漁澤濱濤熒畢礫稈緒繫脹腎腫艷葷蕩蘆裏託誘談謂講謝豐貝賬贊軋輾轟遼鄭鄧釘鈕鉤鉗鉚鉸銘鋒鋸錐錘錨鍍鎮鐮鑑鑰鑲闡陝頸顱飽"
    "餅饋驚鬧鬱鱗鴿麵黏繩綁紮膿腳臘蕎蘿薑蔥蔔蒼蓀蝸螻蠔褲襪鞦韆鑵罈甕磯礬砲瀘灤漚滷澱澀淚涼湊渦溈潰濰瀾爍燼燜燉熾犢猶瑋璣癥癬痙瘍癱皚瞞矯稜籌糝紗紳絨"
    "綸綱緝緯縐縛繅繭罵羈翹聾脛腡膾臍莢萊葦蓽薔薺藶虜蛻蟬袞褻覈誇諧謀譽賤蹤躉輟轍邏釷鈾鉋銼鏤鐳閘閱闆霽鞏韋頌頒飆餵饅駁騰驢髖魷鯉鯽鰱鱒鱘鱈鰻鷹齋龐"
)
_SIMPLIFIED = (
    "开关产业发术机电动车线网络讯号处测试验证标准备设计划制剂药医疗诊断检种养农饮气体压缩过滤纯净盐碱铜铝镁钛钢铁锌镍钴锰锂铅银钨钒矿炼铸锻热涂层胶纤"
    "维织纺纸树环离导显圆积装厂区实国际东广华县乡园创务员专传统经济资数据库软云无舱卫飞舰轨运输储仓烧炉锅砖规吨万亿从这个与为时间后来对于应当将会现进"
    "阶级类别条总结构复杂简单强劲韧弹缓冲击纹润齿轮轴阀门废弃浊浆尘灭质谱仪表镜头摄监视听声响频带宽码货币价几点满随选择优势参许诺认识转齐蚀绕缘脉脑肠"
    "脏叶虫补订详误调变贴贮跃较载轻辊办迁远适邻释针钎钝钠钾铬钼铣锆锡锁链铲钻闭隐双难静页顶项预颜颗风余驱脏鱼麦黄卤氢氩污温湿湿渗滚洁溅沥洒灯获琼盘碍"
    "稳窑节红纳细终组给紧编缝继续缆联肤胆台盖苹兰虚荧触评该询语课咨护译读贵辅辆辉辐递遗邮钙铂钯锑铋钇镧铈钽铌钡锶铟镓锗铪铷铯铠硅致异疮伤痒谷粮酿猪鸡"
    "鸭鹅马鸟蚕丝绸缎绣绵栈梁楼桥枪极历残杀毁决冲况浅减汤沟潜浇灾乌烟烦烫烛尔牵状独奖画叠疯众硕确礼称竞笔筑签纠约纽绝综绿罚罗习圣肃脱旧艰茎蒋荐艺苏见"
    "观训访词诗诚请论议负财责贡贩购费贾宾赏赔赖赠赢赶迹军轩辑辖回径连达违遥迟还边乡丑采厘销铺录错键钟鉴长闪闲问阔阵阴陈陆阳队险虽雾灵韩顺领颇额顾飘饭"
    "饲馆驾驶骑骤发松斗鲁鲜鲸丽党龄龙龟扩挡搅损换挥摇撑拨担挤拟摊携败昼晒杨档柜栏权欧岁壳毡滞涨渐浏湾烂争墙献玛琐皱尽卢困础御税颖窝穷窜范签笼粪纪纷绞"
    "线练纵绩绘缠群义耸胁腻临举刍庄莲萨蓝蕴虾蚂蜡衬觉览亚酰烃羟铵铕钕镝钐铽钪铍铊镉钌铑铱铒镨镥铼并启团围图执坚垫场块坏寿夹奥妇婴孙学宁写属岛峡岭师干"
    "汇复爱态惯虑忆战户抛扬摆拦晋畅渔泽滨涛荧毕砾秆绪系胀肾肿艳荤荡芦里托诱谈谓讲谢丰贝账赞轧辗轰辽郑邓钉钮钩钳铆铰铭锋锯锥锤锚镀镇镰鉴钥镶阐陕颈颅饱"
    "饼馈惊闹郁鳞鸽面粘绳绑扎脓脚腊荞萝姜葱卜苍荪蜗蝼蚝裤袜秋千罐坛瓮矶矾炮泸滦沤卤淀涩泪凉凑涡沩溃潍澜烁烬焖炖炽犊犹玮玑症癣痉疡瘫皑瞒矫棱筹糁纱绅绒"
    "纶纲缉纬绉缚缫茧骂羁翘聋胫脶脍脐荚莱苇荜蔷荠苈虏蜕蝉衮亵核夸谐谋誉贱踪趸辍辙逻钍铀刨锉镂镭闸阅板霁巩韦颂颁飙喂馒驳腾驴髋鱿鲤鲫鲢鳟鲟鳕鳗鹰斋庞"
)
_SIMPLE = dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))

_MARKUP = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|</?[a-zA-Z][^<>]{0,500}>", re.DOTALL | re.I
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,20});")
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9µα-ω]+(?:[.\-+/][a-z0-9α-ω]+)*[+]?")
_PIECE = re.compile(r"[a-zα-ω]+|[0-9]+(?:\.[0-9]+)?")
_HAN_FIRST, _HAN_LAST = "\u3400", "\u9fff"


_DROPPED = frozenset(("Cf", "Cs", "Co", "Cn", "Sk", "Mn"))


class _Table(dict[int, str]):
    """Character code → its normal form, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        normal = unicodedata.normalize("NFKC", character).lower()
        if category in _DROPPED or (
            category in ("So", "Cc") and normal == character and normal != "°"
        ):
            normal = " " if category in ("Cc", "So") else ""
        else:
            normal = "".join(_SIMPLE.get(part, part) for part in normal)
        self[code] = normal
        return normal


_TABLE = _Table()


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands in a text: characters ``start`` to ``end`` (exclusive) of the
    original."""

    start: int
    end: int


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _entity(match: re.Match[str]) -> str:
    """The character an HTML entity stands for, padded so that positions stay where they were."""
    character = html.unescape(match[0])
    return (character if len(character) == 1 else " ").ljust(len(match[0]))


def _without_markup(text: str) -> str:
    text = text[:MAX_CHARACTERS]
    if "<" in text:
        text = _MARKUP.sub(_blank, text)
    return _ENTITY.sub(_entity, text) if "&" in text else text


def normalise(text: str) -> str:
    """The normal form: no markup or emoji, half width, simplified, lower case, bounded in
    length."""
    return _without_markup(text).translate(_TABLE)


def normalise_with_positions(text: str) -> tuple[str, list[int]]:
    """The normal form and, for each of its characters, the position it came from in ``text``."""
    parts: list[str] = []
    positions: list[int] = []
    for position, character in enumerate(_without_markup(text)):
        normal = _TABLE[ord(character)]
        parts.append(normal)
        positions.extend([position] * len(normal))
    return "".join(parts), positions


def _run_tokens(run: str) -> list[str]:
    if is_han(run[0]):
        return [*run, *map(add, run, run[1:])]
    pieces = _PIECE.findall(run)
    return [run] if len(pieces) < 2 else [run, *(piece for piece in pieces if len(piece) > 1)]


def is_han(character: str) -> bool:
    """Whether a character is a Chinese one."""
    return _HAN_FIRST <= character <= _HAN_LAST


def is_single(token: str) -> bool:
    """Whether a token is one character or a Latin word, not a pair of Chinese characters."""
    return len(token) == 1 or not is_han(token[0])


def run_places(normal: str) -> Iterator[tuple[str, int]]:
    """The runs of Chinese characters, and the Latin words, of a normalised text with where they
    begin."""
    return ((match[0], match.start()) for match in _RUN.finditer(normal))


def tokens_of_normal(normal: str) -> list[str]:
    """Tokens of a text that is already normalised: see `tokens`."""
    found: list[str] = []
    for run in _RUN.findall(normal):
        found += _run_tokens(run)
    return found


def tokens(text: str) -> list[str]:
    """Chinese characters and their pairs; Latin words, formulae and numbers whole and by their
    parts (``PA66`` → pa66 pa 66)."""
    return tokens_of_normal(normalise(text))


_SENTENCE = re.compile(r"[^。!?;；！？\n，,、]+")


@lru_cache(maxsize=4096)
def phrases(text: str) -> tuple[tuple[str, Span], ...]:
    """The clauses of a text that hold at least two tokens, each with its place: the grain of
    semantic explanation."""
    return tuple(
        (match[0].strip(), Span(match.start(), match.end()))
        for match in _SENTENCE.finditer(text[:MAX_CHARACTERS])
        if len(tokens(match[0])) >= 2
    )
