package reaction

import "strings"

// The words below are those of frequent languages, by far not of all. In a language that is missing there is no signal, which does not mean the
// opposite. The phrases of a list are separated by commas.

// controls are tried in this order, because "not helpful" contains the word "helpful".
var controls = []struct {
	is     control
	labels []string
}{
	{controlDown, list(`thumbs down,thumb down,thumbsdown,thumbdown,thumb-down,👎,downvote,down vote,dislike,bad response,bad answer,not helpful,unhelpful,not useful,poor response,wrong answer,no good,
		schlecht,schlechte antwort,nicht hilfreich,gefällt mir nicht,daumen runter,je n'aime pas,mauvaise réponse,pas utile,no me gusta,mala respuesta,no es útil,não gostei,resposta ruim,não ajudou,
		non mi piace,risposta sbagliata,niet nuttig,slecht antwoord,nie podoba mi się,не нравится,плохой ответ,не полезно,踩,没帮助,沒幫助,没有帮助,不喜欢,不喜歡,差评,低評価,よくない,悪い回答,싫어요,별로예요,لم يعجبني,غير مفيد,إجابة سيئة,beğenmedim,yararlı değil,पसंद नहीं`)},
	{controlUp, list(`thumbs up,thumb up,thumbsup,thumbup,👍,upvote,up vote,like,good response,good answer,helpful,useful,great response,love,
		gut,gute antwort,hilfreich,gefällt mir,daumen hoch,j'aime,bonne réponse,utile,me gusta,buena respuesta,útil,gostei,boa resposta,mi piace,buona risposta,nuttig,goed antwoord,podoba mi się,przydatne,
		нравится,хороший ответ,полезно,赞,讚,点赞,點讚,有帮助,有幫助,喜欢,喜歡,好评,高評価,いいね,良い回答,좋아요,도움이 됐어요,أعجبني,إعجاب,مفيد,إجابة جيدة,beğen,beğendim,yararlı,पसंद`)},
	{controlRetry, list(`retry,regenerate,regenerate response,regenerate answer,try again,redo,rerun,run again,generate again,ask again,new answer,
		erneut versuchen,neu generieren,nochmal versuchen,wiederholen,réessayer,régénérer,reintentar,regenerar,volver a intentar,tentar novamente,gerar novamente,riprova,rigenera,opnieuw proberen,opnieuw genereren,ponów,spróbuj ponownie,
		повторить,попробовать снова,сгенерировать заново,重试,重試,重新生成,再试一次,再試行,再生成,もう一度,다시 시도,다시 생성,재생성,أعد المحاولة,إعادة المحاولة,إعادة الإنشاء,yeniden dene,yeniden oluştur,फिर से कोशिश करें`)},
	{controlCopy, list(`copy,copied,copy code,copy text,copy answer,copy response,copy message,copy to clipboard,copy all,copy output,copy as markdown,copy markdown,copy table,
		kopieren,code kopieren,antwort kopieren,text kopieren,kopiert,copier,copier le code,copier la réponse,copiar,copiar código,copiar texto,copiar respuesta,copiar resposta,copia,copia codice,copia testo,kopiëren,kopieer,kopiera,kopier,kopioi,kopiuj,skopiuj,
		копировать,скопировать,копіювати,复制,複製,复制代码,拷贝,コピー,コピーする,복사,복사하기,نسخ,kopyala,salin,sao chép,คัดลอก,कॉपी करें,कॉपी,העתק`)},
}

// ratedUp and ratedDown are the values of ratings that are neither labels of thumbs nor praise or complaints.
var (
	ratedUp   = set(`up,positive,pos,plus,yes,y,true,correct,right,accept,accepted,approve,approved,satisfied,happy`)
	ratedDown = set(`down,negative,neg,minus,no,n,false,poor,reject,rejected,disapprove,disapproved,unsatisfied,dissatisfied,unhappy`)
)

// otherCopies are words in the labels of controls that copy something other than the answer.
var otherCopies = list(`link,url,prompt,question,id,share,address,lien,enlace,frage,链接,連結,リンク,링크,رابط,ссылку`)

var onwards = list(`continue,continue please,please continue,go on,go ahead,keep going,next,more,tell me more,and then,yes,yes please,no,ok,okay,sure,weiter,mach weiter,ja,nein,mehr,continuer,continue s'il te plaît,oui,non,suite,continúa,sigue,sí,si,más,continua,sim,não,mais,avanti,
	продолжай,продолжить,дальше,да,нет,继续,繼續,是,是的,好,好的,不,下一个,続けて,続き,はい,いいえ,次,계속,계속해,네,아니요,استمر,أكمل,نعم,لا,devam,devam et,evet,hayır,जारी रखें,हाँ,नहीं,ga door,verder,dalej,tak,nie`)

// list splits phrases at commas.
func list(text string) (all []string) {
	for phrase := range strings.SplitSeq(text, ",") {
		if phrase = words(phrase); phrase != "" {
			all = append(all, phrase)
		}
	}
	return all
}

func set(text string) map[string]bool {
	all := map[string]bool{}
	for _, word := range list(text) {
		all[word] = true
	}
	return all
}

var (
	thanks = list(`thanks,thank you,thankyou,thank u,thx,thnx,tysm,many thanks,much appreciated,appreciate it,i appreciate it,cheers,danke,dankeschön,danke schön,vielen dank,merci,merci beaucoup,gracias,muchas gracias,mil gracias,obrigado,obrigada,muito obrigado,grazie,grazie mille,
		спасибо,большое спасибо,благодарю,дякую,dziękuję,dzięki,dank je,dank je wel,dank u,bedankt,tack,tack så mycket,tusen tack,takk,mange tak,kiitos,děkuji,díky,köszönöm,mulțumesc,teşekkürler,teşekkür ederim,sağ ol,شكرا,شكراً,شكرا لك,شكرا جزيلا,धन्यवाद,शुक्रिया,감사합니다,감사해요,고마워,고마워요,고맙습니다,cảm ơn,cám ơn,terima kasih,makasih,asante,ευχαριστώ,תודה`)
	// noThanks are words that follow thanks which are not for this answer.
	noThanks = list(`for nothing,in advance,note,notes,letter,card,cards,email,mail,message,speech,gift,gifts,giving,template,quote,quotes,meaning,wishes,text,page,slide,in japanese,to my,im voraus,für nichts,d'avance,por nada,de antemano,por adelantado`)
	praises  = list(`great,perfect,perfectly,awesome,excellent,amazing,fantastic,wonderful,brilliant,nice,nice one,helpful,useful,good,good job,well done,exactly what i needed,just what i needed,what i needed,what i wanted,it works,works,worked,works now,it worked,helps,helped,love it,spot on,
		super,toll,perfekt,prima,klasse,ausgezeichnet,sehr gut,hilfreich,funktioniert,es funktioniert,parfait,génial,excellent,utile,très bien,ça marche,perfecto,genial,excelente,muy bien,útil,funciona,perfeito,ótimo,muito bom,perfetto,ottimo,fantastico,utile,отлично,супер,идеально,замечательно,работает,świetnie,super,działa,perfect,goed,geweldig,mükemmel,harika,süper,çalıştı,ممتاز,رائع,बहुत अच्छा,बढ़िया,완벽해,완벽해요,좋아요,최고예요,tuyệt vời,bagus,hebat`)
	// praised are words that may follow praise.
	praised    = set(`thanks,thank,job,work,answer,response,explanation,now,indeed,danke,arbeit,antwort,merci,travail,gracias,trabajo,grazie,obrigado,спасибо,dzięki,dank,teşekkürler`)
	complaints = list(`wrong,wrong answer,incorrect,false,not true,not right,not correct,not what i asked,not what i asked for,not what i meant,not what i want,not what i wanted,not what i said,not an answer,not a good answer,isn't what i asked,isn't what i meant,isn't right,isn't correct,isn't true,isn't working,ain't right,wasn't what i asked,
		doesn't work,does not work,doesnt work,didn't work,did not work,didnt work,not working,won't work,doesn't help,does not help,didn't help,did not help,doesn't answer,didn't answer,did not answer,didn't answer my question,doesn't make sense,makes no sense,doesn't make any sense,misunderstood,you misunderstood,you misread,you missed,missed the point,you didn't understand,you don't understand,you did not understand,you didn't read,you ignored,you made that up,you made it up,you hallucinated,
		useless,unhelpful,no help,terrible,awful,horrible,bad,bad answer,stupid,dumb,nonsense,rubbish,garbage,bullshit,ridiculous,a joke,disappointing,wtf,too slow,too long,too short,broken,
		falsch,stimmt nicht,nicht richtig,nicht korrekt,funktioniert nicht,geht nicht,hilft nicht,nicht was ich,unsinn,quatsch,schlecht,nutzlos,faux,incorrect,pas correct,pas ça,pas ce que je,ne marche pas,ne fonctionne pas,n'importe quoi,nul,inutile,incorrecto,incorrecta,está mal,no funciona,no es lo que,no es correcto,no sirve,no me sirve,equivocado,te equivocas,inútil,errado,está errado,não funciona,não é isso,não está certo,inútil,sbagliato,non funziona,non è corretto,non è quello che,inutile,
		неправильно,неверно,не то,не работает,не помогло,ошибка,бесполезно,чушь,źle,błędnie,nie działa,bzdura,bez sensu,fout,klopt niet,werkt niet,onzin,fel,stämmer inte,fungerar inte,forkert,virker ikke,väärin,yanlış,çalışmıyor,işe yaramadı,saçma,خطأ,غير صحيح,لا يعمل,ليس ما سألت,سيء,गलत,काम नहीं करता,काम नहीं कर रहा,틀렸어,틀렸어요,틀렸습니다,아니에요,안 돼요,작동하지 않아요,sai rồi,không đúng,không hoạt động,salah,tidak berfungsi`)
	negations = set(`not,isn't,isnt,wasn't,wasnt,aren't,don't,dont,doesn't,doesnt,didn't,didnt,never,hardly,nothing,no,nicht,kein,keine,nein,pas,ne,non,n'est,nunca,não,nao,не,нет,nie,niet,geen,inte,ikke,değil,ليس,غير,لا,नहीं`)
	openers   = set(`that,that's,thats,this,these,those,it,it's,its,i,i'm,you,you're,youre,your,the,a,an,is,are,was,were,be,did,does,do,has,have,had,and,but,so,still,just,very,really,totally,completely,quite,pretty,also,again,even,actually,sorry,hm,hmm,uh,um,oh,ah,wow,ok,okay,well,yes,yeah,hey,hi,cool,answer,response,result,output,code,solution,explanation,suggestion,tried,most,part,of,all,looks,seems,sounds,too,to,me,for,answered,gave,at,
		das,dies,diese,es,ist,war,sind,du,sie,hast,haben,deine,antwort,die,der,und,aber,immer,noch,leider,ganz,total,sehr,so,ja,ach,hallo,ce,c'est,c,cela,ça,cette,réponse,la,le,est,était,tu,vous,as,avez,et,mais,toujours,encore,très,oui,esto,eso,es,está,la,el,respuesta,tu,y,pero,sigue,todavía,muy,sí,isto,isso,é,foi,a,o,resposta,e,mas,ainda,muito,sim,questo,quello,è,la,risposta,ma,ancora,molto,это,ты,вы,всё,все,и,но,опять,ответ,очень,да,to,jest,ale,bardzo,dit,dat,is,het,antwoord,maar,heel,det,är,er,var,bu,çok,cevap,هذا,هذه,هو,الجواب,الإجابة,यह,ये,है,बहुत,जवाब,이거,그건,답변이,정말,này,ini,itu,jawaban`)
	// interjections may be a sentence of their own at the beginning of a message.
	interjections = set(`no,nope,nah,hm,hmm,ok,okay,oh,ah,wow,well,yes,yeah,yep,hey,hi,hello,sorry,cool,nein,ja,hallo,also,tja,non,oui,bon,sí,bueno,vale,não,sim,нет,да,ну,nie,nee,nej,ja,hayır,evet,لا,نعم,नहीं,हाँ,아니,아니요,네,không,tidak`)
	// asks are words that begin a question, which is about something else.
	asks = set(`what,is,are,was,were,why,how,which,who,whose,when,where,does,do,did,can,could,would,should,will,what's,if,ist,sind,war,warum,wieso,wie,wer,wann,wo,kann,können,est,pourquoi,comment,qui,quand,où,por,cómo,quién,cuándo,dónde,puedes,perché,come,chi,quando,dove,por que,o que,como,qué,que,cosa,что,почему,как,кто,когда,где,waarom,hoe,wat,wie,dlaczego,jak,czy,neden,nasıl,ما,ماذا,لماذا,كيف,هل,क्यों,कैसे,क्या,왜,어떻게`)
	// articles stand before a word that describes something else: "a bad idea".
	articles = set(`the,a,an,your,my,any,die,der,eine,ein,la,le,el,un,une,una,o,um,uma,il,de,het,een`)
	buts     = set(`but,however,aber,mais,pero,mas,ma,но,ale,maar,men,ama,لكن,लेकिन,하지만,tapi,nhưng`)
	// fillers are words that may follow thanks in a message that is nothing but thanks.
	fillers         = set(`a,lot,lots,so,much,very,for,your,the,help,helping,again,you,all,that,this,it,everything,mate,man,buddy,team,really,kindly,quick,answer,sehr,viel,vielmals,für,deine,die,hilfe,beaucoup,pour,votre,ton,aide,mucho,por,tu,su,ayuda,todo,muito,mille,per,aiuto,большое,вам,тебе,за,помощь,bạn,nhiều,لك,جزيلا`)
	denseThanks     = strings.Fields("谢谢 謝謝 多谢 多謝 感谢 感謝 谢了 太好了 太棒了 很好 非常好 完美 很有帮助 有帮助 对的 明白了 懂了 ありがとう 有難う 助かりました 助かった 完璧 すごい 素晴らしい わかりました ขอบคุณ ขอบใจ ดีมาก เยี่ยม")
	denseThanked    = strings.Fields("你 您 了 啦 啊 哦 呀 大家 帮助 解答 回答 ござい ね よ です でした ครับ ค่ะ คะ มาก นะ")
	denseComplaints = strings.Fields("不对 不對 错了 錯了 错误 錯誤 不正确 不正確 不是我要的 不是我问的 不是我想要的 不是这个意思 没用 沒用 没有用 没帮助 沒幫助 不行 胡说 胡說 太慢 太差 答非所问 看不懂 不好 不是很好 違う 違います 間違 正しくない 動かない 動きません 役に立たない だめ ダメ 使えない 意味不明 ひどい 遅い ผิด ไม่ถูกต้อง ไม่ใช่ ใช้ไม่ได้ ไม่ทำงาน ไม่ช่วย")
	denseEnds       = strings.Fields("了 的 啊 吧 呀 啦 。 って え い で だ ん よ ね です ます 吗 ครับ ค่ะ นะ เลย")
	denseButs       = strings.Fields("但是 但 不过 不過 可是 でも しかし แต่")
	denseOpeners    = strings.Fields("这个 這個 这 這 那 你的 你 您 还是 還是 仍然 完全 回答 答案 结果 的 得 也 都 是 好的 好 嗯 哦 啊 非常 真的 太 。 いや いえ それは それ これは これ は が 全然 まだ あなた 答え 回答 その どうも 本当に はい คำตอบ นี้ มัน ยัง ก็")
)
