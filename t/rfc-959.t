#!/usr/bin/perl
# Transcript tier, no root: RFC 959, section by section. Each test is a
# requirement and a row of t/conformance/TABLE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

use Conformance;
use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $ascii = Inftpd::Test->new(conf => { ascii_download_enable => 'YES',
    ascii_upload_enable => 'YES' });
my $drain = \&Inftpd::Test::Client::drain;
my $write = \&Inftpd::Test::Client::write_all;
my $all = join '', map { chr } 0 .. 255;

$server->file('file', 'content');
$server->file('dir/inner', 'x');
truncate $server->file('large'), 1 << 30 or die "truncate: $!";

sub alice { return session($server, 'alice') }

# --- 3.1 representation ------------------------------------------------------

requirement 'RFC 959 3.1.1.1: ASCII sends line ends as CR LF' => sub {
	my $c = session($ascii, 'alice');

	$ascii->file('text', "one\ntwo\n");
	gives($c, 'TYPE A', 200);
	same(($c->retr('text'))[0], "one\r\ntwo\r\n", 'RETR');
};
requirement 'RFC 959 3.1.1.1: ASCII stores CR LF as the local line end' => sub {
	my $c = session($ascii, 'alice');

	gives($c, 'TYPE A', 200);
	same(($c->stor('stored', "one\r\ntwo\r\n"))[0], 226, 'STOR');
	same($ascii->content('stored'), "one\ntwo\n", 'content');
};
not_done 'RFC 959 3.1.1.1: ASCII converts without being configured to',
    'ascii_download_enable and ascii_upload_enable say so, as in vsftpd' => sub {
	my $c = alice();

	$server->file('text', "one\n");
	gives($c, 'TYPE A', 200);
	same(($c->retr('text'))[0], "one\r\n", 'RETR');
};
requirement 'RFC 959 3.1.1.3: IMAGE stores and sends every byte as it is' => sub {
	my $c = session($ascii, 'alice');

	gives($c, 'TYPE I', 200);
	same(($c->stor('image', "$all\r\n\n\r"))[0], 226, 'STOR');
	same($ascii->content('image'), "$all\r\n\n\r", 'content');
	same(($c->retr('image'))[0], "$all\r\n\n\r", 'RETR');
};
requirement 'RFC 959 3.1.1.4: LOCAL with a byte of 8 bits is done' => sub {
	my $c = session($ascii, 'alice');

	gives($c, 'TYPE L 8', 200);
	same(($c->stor('local', $all))[0], 226, 'STOR');
	same(($c->retr('local'))[0], $all, 'RETR');
};
requirement 'RFC 959 3.1.1.4: other byte sizes are refused with 504' => sub {
	gives(alice(), 'TYPE L 36', 504);
};
requirement 'RFC 959 3.1.1.2: EBCDIC, not done, is refused with 504' => sub {
	gives(alice(), 'TYPE E', 504);
};
requirement 'RFC 959 3.1.2: record and page structure get 504' => sub {
	my $c = alice();

	gives($c, "STRU $_", 504) for 'R', 'P';
};

# --- 3.2 and 3.3 data connections --------------------------------------------

requirement 'RFC 959 3.2: the server connects to where PORT said' => sub {
	my $c = alice();

	same(($c->retr('file', 'port'))[0], 'content', 'RETR');
};
requirement 'RFC 959 3.2: in passive mode the server waits for the client' => sub {
	my $c = alice();
	my $port = $c->pasv_port;

	gives($c, 'RETR file', 150);
	same($drain->($c->dial($port)), 'content', 'RETR');
	then_gives($c, 226);
};
not_done 'RFC 959 3.2: without PORT the data goes to the control port of the user',
    'PASV or PORT is asked for (425): behind NAT and on one host it cannot work' => sub {
	within(alice(), 'RETR file', 150);
};
requirement 'RFC 959 3.2: a transfer answers 1xx before and 2xx behind the data' => sub {
	my $c = alice();
	my (undef, $end, $begin) = $c->retr('file');

	same($begin, 150, 'before');
	same($end, 226, 'behind');
};
requirement 'RFC 959 3.2: a data connection that cannot be opened is 425' => sub {
	my $c = alice();
	my $listener = $c->listener;
	my $port = $listener->sockport;

	close $listener;
	gives($c, 'PORT ' . Inftpd::Test::Client::port_text('127.0.0.1', $port), 200);
	my $code = within($c, 'RETR file', 150, 425);
	then_gives($c, 425) if $code eq 150;
};
requirement 'RFC 959 3.3: the server closes it when all data is sent' => sub {
	my $c = alice();
	my $data = $c->pasv;

	gives($c, 'RETR file', 150);
	same($drain->($data), 'content', 'data up to the end');
	then_gives($c, 226);
};
requirement 'RFC 959 3.3: the server closes it at ABOR' => sub {
	my $c = alice();
	my $data = $c->pasv;

	gives($c, 'RETR large', 150);
	$c->raw("ABOR\r\n");
	then_gives($c, $_) for 426, 226;
	holds(length $drain->($data) < 1 << 30, 'it was cut');
};
requirement 'RFC 959 3.3: the server closes it when the port changes' => sub {
	my $c = alice();
	my $first = $c->pasv;
	my $second = $c->pasv;

	same($drain->($first), '', 'the first');
	gives($c, 'RETR file', 150);
	same($drain->($second), 'content', 'the second');
	then_gives($c, 226);
};
requirement 'RFC 959 3.3: the server closes it with the control connection' => sub {
	my $c = alice();
	my $data = $c->pasv;

	gives($c, 'RETR large', 150);
	$c->hang_up;
	holds(length $drain->($data) < 1 << 30, 'it was cut');
};
requirement 'RFC 959 3.4.1: in stream mode the close marks the end of a file' => sub {
	my $c = alice();
	my $data = $c->pasv;

	gives($c, 'STOR closed', 150);
	$write->($data, $all);
	close $data;
	then_gives($c, 226);
	same($server->content('closed'), $all, 'content');
};
requirement 'RFC 959 3.4: block and compressed mode get 504' => sub {
	my $c = alice();

	gives($c, "MODE $_", 504) for 'B', 'C';
};

requirement 'RFC 959 3.2: with PORT nothing connects before the transfer asks for it' => sub {
	my $c = alice();
	my $listener = $c->port;

	gives($c, 'NOOP', 200);
	holds(!Inftpd::Test::Client::wait_socket($listener, 0, 0.1), 'it does');
	gives($c, 'RETR file', 150);
	same($drain->($c->accept($listener)), 'content', 'RETR');
	then_gives($c, 226);
};
requirement 'RFC 959 3.3: the server closes it when a transfer is refused' => sub {
	my $c = alice();

	for my $line ('RETR missing', 'LIST missing', 'STOR missing/x', 'STOU missing/x') {
		my $data = $c->pasv;
		gives($c, $line, $line =~ /^STO/ ? 553 : 550);
		same($drain->($data), '', $line);
	}
};

# --- 4.1.1 access control ----------------------------------------------------

requirement 'RFC 959 4.1.1: PASS must come right behind USER' => sub {
	my $c = session($server);

	gives($c, 'PASS secret', 503);
	gives($c, 'USER alice', 331);
	gives($c, 'PASS secret', 230);
};
requirement 'RFC 959 4.1.1: a new USER begins the login anew' => sub {
	my $c = session($server);

	gives($c, 'USER nobody-here', 331);
	gives($c, 'USER alice', 331);
	gives($c, 'PASS secret', 230);
};
requirement 'RFC 959 4.1.1: ACCT, without accounts, is 202' => sub {
	gives(alice(), 'ACCT x', 202);
};
requirement 'RFC 959 4.1.1: CWD leaves the transfer parameters alone' => sub {
	my $c = alice();
	my ($before) = grep { /TYPE/ } gives($c, 'STAT', 211);

	gives($c, 'CWD dir', 250);
	same((grep { /TYPE/ } gives($c, 'STAT', 211))[0], $before, 'STAT');
};
requirement 'RFC 959 4.1.1: CDUP goes to the parent, with the codes of CWD' => sub {
	my $c = alice();

	gives($c, 'CWD dir', 250);
	gives($c, 'CDUP', 250);
	gives($c, 'PWD', 257, qr{^"/"});
};
requirement 'RFC 959 4.1.1: CDUP in the root stays there' => sub {
	my $c = alice();

	gives($c, $_, 250) for 'CDUP', 'CWD ..', 'CWD /../..';
	gives($c, 'PWD', 257, qr{^"/"});
};
requirement 'RFC 959 4.1.1: what is behind QUIT is not done' => sub {
	my $c = alice();

	$c->raw("QUIT\r\nMKD behind\r\n");
	then_gives($c, 221);
	same($c->line // 'end', 'end', 'then');
	holds(!-e $server->data('behind'), 'it was done');
};
requirement 'RFC 959 4.1.1: QUIT closes the connection' => sub {
	my $c = alice();

	gives($c, 'QUIT', 221);
	same($c->line // 'end', 'end', 'then');
};
requirement 'RFC 959 4.1.1: QUIT waits for the transfer and its reply' => sub {
	my $c = alice();
	my $port = $c->pasv_port;

	gives($c, 'RETR file', 150);
	$c->raw("QUIT\r\n");
	same($drain->($c->dial($port)), 'content', 'data');
	then_gives($c, $_) for 226, 221;
};
requirement 'RFC 959 4.1.1: a lost control connection is ABOR and QUIT' => sub {
	my $c = alice();
	my $data = $c->pasv;

	gives($c, 'STOR lost', 150);
	$write->($data, 'part');
	Inftpd::Test::wait_until(sub { -s $server->data('lost') });
	$c->hang_up;
	same($c->exit_status, 0, 'the session ends');
	same($server->content('lost'), 'part', 'what came');
};
not_done 'RFC 959 4.1.1: REIN takes the login back',
    '502 after the login, which 5.4 allows: the helper has become the user for good' => sub {
	within(alice(), 'REIN', 220);
};
not_done 'RFC 959 4.1.1: SMNT mounts another file system',
    '502, which 5.4 allows: there is one tree' => sub {
	within(alice(), 'SMNT x', 202, 250);
};

# --- 4.1.2 transfer parameters -----------------------------------------------

requirement 'RFC 959 4.1.2: PASV names an address and a port that listens' => sub {
	my $c = alice();
	my ($line) = gives($c, 'PASV', 227);

	holds($line =~ /^227 [^()0-9]*\((\d+),(\d+),(\d+),(\d+),(\d+),(\d+)\)/, $line);
	same("$1.$2.$3.$4", '127.0.0.1', 'address');
	holds($c->dial($5 * 256 + $6), 'a listener');
};
requirement 'RFC 959 4.1.2: of PORT and PASV the last one counts' => sub {
	my $c = alice();

	$c->pasv;
	same(($c->retr('file', 'port'))[0], 'content', 'PORT behind PASV');
	$c->port;
	same(($c->retr('file'))[0], 'content', 'PASV behind PORT');
};
requirement 'RFC 959 4.1.2: TYPE A without a second letter is Non-print' => sub {
	my $c = alice();

	gives($c, "TYPE $_", 200) for 'A', 'A N', 'a n';
};
requirement 'RFC 959 4.1.2: TYPE, MODE and STRU hold until changed' => sub {
	my $c = alice();

	gives($c, $_, 200) for 'TYPE I', 'MODE S', 'STRU F';
	$c->retr('file');
	gives($c, 'MODE B', 504);
	my @lines = gives($c, 'STAT', 211);
	holds((grep { /TYPE: Image; STRUcture: File; transfer MODE: Stream/ }
	    @lines), "@lines");
};

# --- 4.1.3 service -----------------------------------------------------------

requirement 'RFC 959 4.1.3: RETR leaves the file as it is' => sub {
	my $c = alice();

	$c->retr('file');
	same($server->content('file'), 'content', 'content');
};
requirement 'RFC 959 4.1.3: STOR makes a file, or replaces what is in it' => sub {
	my $c = alice();

	same(($c->stor('replaced', $_))[0], 226, 'STOR') for 'first one', 'two';
	same($server->content('replaced'), 'two', 'content');
};
requirement 'RFC 959 4.1.3: STOU makes a name that is not there yet' => sub {
	my $c = alice();
	my (undef, undef, $text) = $c->send_file('STOU file', 'unique');

	holds($text =~ /(\S+)$/, $text);
	same($server->content($1), 'unique', 'content');
	same($server->content('file'), 'content', 'the one of that name');
};
requirement 'RFC 959 4.1.3: APPE appends, or makes the file' => sub {
	my $c = alice();

	same(($c->send_file('APPE appended', $_))[0], 226, 'APPE') for 'a', 'b';
	same($server->content('appended'), 'ab', 'content');
};
requirement 'RFC 959 4.1.3: ALLO is NOOP where nothing needs it' => sub {
	my $c = alice();

	gives($c, $_, 202) for 'ALLO 100', 'ALLO 100 R 10';
};
requirement 'RFC 959 4.1.3: REST sets where the transfer behind it begins' => sub {
	my $c = alice();

	gives($c, 'REST 3', 350);
	same(($c->retr('file'))[0], 'tent', 'RETR');
	same(($c->retr('file'))[0], 'content', 'the next one');
};
requirement 'RFC 959 4.1.3: RNTO must come right behind RNFR' => sub {
	my $c = alice();

	$server->file('name', 'x');
	gives($c, 'RNTO other', 503);
	gives($c, 'RNFR name', 350);
	gives($c, 'NOOP', 200);
	gives($c, 'RNTO other', 503);
	gives($c, 'RNFR name', 350);
	gives($c, 'RNTO', 501);
	gives($c, 'RNTO other', 503);
	gives($c, 'RNFR name', 350);
	gives($c, 'RNTO other', 250);
	same($server->content('other'), 'x', 'content');
};
requirement 'RFC 959 4.1.3: ABOR with a transfer in progress is 426, then 226' => sub {
	my $c = alice();
	my $data = $c->pasv;

	gives($c, 'RETR large', 150);
	$c->raw("ABOR\r\n");
	then_gives($c, $_) for 426, 226;
	gives($c, 'NOOP', 200);
};
requirement 'RFC 959 4.1.3: ABOR of an open data connection closes it, 226' => sub {
	my $c = alice();
	my $data = $c->pasv;

	gives($c, 'ABOR', 226);
	same($drain->($data), '', 'the connection');
};
requirement 'RFC 959 4.1.3: ABOR with nothing to abort changes nothing, 225' => sub {
	gives(alice(), 'ABOR', 225);
};
requirement 'RFC 959 4.1.3: ABOR behind TELNET IP and Synch is obeyed' => sub {
	my $c = alice();
	my $data = $c->pasv;

	gives($c, 'RETR large', 150);
	$c->raw("\xff\xf4\xff");
	send $c->socket, "\xf2", Socket::MSG_OOB();
	$c->raw("ABOR\r\n");
	then_gives($c, $_) for 426, 226;
};
requirement 'RFC 959 4.1.3: DELE deletes the file' => sub {
	my $c = alice();

	$server->file('doomed', 'x');
	gives($c, 'DELE doomed', 250);
	holds(!-e $server->data('doomed'), 'it is there still');
};
requirement 'RFC 959 4.1.3: RMD removes a directory, absolute or relative' => sub {
	my $c = alice();

	$server->dir($_) for 'r1', 'r2';
	gives($c, $_, 250) for 'RMD r1', 'RMD /r2';
	holds(!-e $server->data($_), "$_ is there still") for 'r1', 'r2';
};
requirement 'RFC 959 4.1.3: MKD makes a directory, absolute or relative' => sub {
	my $c = alice();

	gives($c, $_, 257) for 'MKD m1', 'MKD /m2';
	holds(-d $server->data($_), "no $_") for 'm1', 'm2';
};
requirement 'RFC 959 4.1.3: LIST of a directory lists what is in it' => sub {
	my $c = alice();
	my ($lines) = $c->list('LIST dir');

	same(scalar @$lines, 1, 'lines');
	holds($lines->[0] =~ / inner$/, $lines->[0]);
};
requirement 'RFC 959 4.1.3: LIST of a file tells about that file' => sub {
	my ($lines) = alice()->list('LIST file');

	same(scalar @$lines, 1, 'lines');
	holds($lines->[0] =~ /\b7 .* file$/, $lines->[0]);
};
requirement 'RFC 959 4.1.3: LIST without argument is of the current directory' => sub {
	my $c = alice();

	gives($c, 'CWD dir', 250);
	my ($lines) = $c->list('LIST');
	same(scalar @$lines, 1, 'lines');
	holds($lines->[0] =~ / inner$/, $lines->[0]);
};
not_done 'RFC 959 4.1.3: LIST takes a name that begins with a hyphen',
    'it would be options of ls, which clients send; ./-x and -- -x are taken' => sub {
	my $c = alice();

	$server->file('-x');
	my ($bytes) = $c->fetch('LIST ./-x');
	same(($c->fetch('LIST -x'))[0], $bytes =~ s{\./}{}r, 'LIST');
};
requirement 'RFC 959 4.1.3: NLST sends names, CR LF behind each, and no more' => sub {
	my $c = alice();

	gives($c, 'CWD dir', 250);
	same(($c->fetch('NLST'))[0], "inner\r\n", 'NLST');
};
requirement 'RFC 959 4.1.3: HELP SITE tells about SITE' => sub {
	my $c = alice();
	my @lines = gives($c, 'HELP SITE', 214);

	holds((grep { /CHMOD/ } @lines), "@lines");
};
requirement 'RFC 959 4.1.3: SYST begins with an assigned system name' => sub {
	gives(alice(), 'SYST', 215, qr/^UNIX( |$)/);
};
requirement 'RFC 959 4.1.3: STAT during a transfer tells how far it is' => sub {
	my $c = alice();
	my $data = $c->pasv;

	gives($c, 'RETR large', 150);
	my @lines = gives($c, 'STAT', 211);
	holds((grep { /large: \d+ bytes/ } @lines), "@lines");
};
requirement 'RFC 959 4.1.3: STAT of a path lists over the control connection' => sub {
	my $c = alice();

	holds((grep { / inner$/ } gives($c, 'STAT dir', 212)), 'a directory');
	holds((grep { / file$/ } gives($c, 'STAT file', 213)), 'a file');
};
requirement 'RFC 959 4.1.3: STAT without argument tells of the session' => sub {
	my $c = alice();
	my @lines = gives($c, 'STAT', 211);

	holds((grep { /$_/ } @lines), $_) for 'TYPE', 'MODE', 'Connected';
};
requirement 'RFC 959 4.1.3: HELP may come before USER' => sub {
	my $c = session($server);

	gives($c, 'HELP', 214);
	gives($c, 'HELP RETR', 214, qr/RETR/);
};
requirement 'RFC 959 4.1.3: NOOP does nothing but answer' => sub {
	my $c = alice();

	gives($c, 'REST 3', 350);
	gives($c, 'NOOP', 200);
	same(($c->retr('file'))[0], 'tent', 'RETR');
};

# --- 4.2 replies -------------------------------------------------------------

requirement 'RFC 959 4.2: a reply is three digits, a blank, text and CR LF' => sub {
	my $c = session($server);

	$c->raw("NOOP\r\n");
	holds(bytes_until($c, qr/\n/) =~ /\A200 [^\r\n]*\r\n\z/, 'NOOP');
};
requirement 'RFC 959 4.2: more lines begin with code and hyphen, end with code and blank' => sub {
	my $c = session($server);

	$c->raw("HELP\r\n");
	holds(bytes_until($c, qr/^214 [^\n]*\n/m) =~
	    /\A214-[^\r\n]*\r\n(?:(?!214 )[^\r\n]*\r\n)*214 [^\r\n]*\r\n\z/, 'HELP');
};
requirement 'RFC 959 4.2: no inner line begins with digits' => sub {
	my $c = alice();

	$server->file('numbers/226 done', 'x');
	for my $line ('HELP', 'STAT', 'FEAT', 'STAT numbers', 'MLST file') {
		my @lines = (($c->cmd($line)))[2 .. 2000];
		@lines = grep { defined } @lines;
		holds(!(grep { /^\d/ } @lines[1 .. $#lines - 1]), $line);
	}
};
requirement 'RFC 959 4.2: each command has one final reply, in order' => sub {
	my $c = alice();

	$c->raw("NOOP\r\nPWD\r\nSYST\r\nXYZZY\r\nTYPE I\r\n");
	then_gives($c, $_) for 200, 257, 215, 500, 200;
	holds(!defined Inftpd::Test::Client::read_some($c->socket,
	    \$c->{buffer}, 0.05), 'nothing more');
};
requirement 'RFC 959 4.2: unknown verbs are 500, bad arguments 501' => sub {
	my $c = alice();

	gives($c, $_, 500) for 'XYZZY', 'RETRX file', '';
	gives($c, $_, 501) for 'TYPE', 'PORT 1,2,3', 'RETR', 'PWD x';
};

requirement 'RFC 959 4.2: a greeting of many lines is one reply' => sub {
	my $own = Inftpd::Test->new(conf => { banner_file => '/etc/passwd' });
	my $c = $own->start;
	my @lines = then_gives($c, 220);

	holds(@lines > 2 && (grep { /^220-/ } @lines) == @lines - 1, "@lines");
	gives($c, 'NOOP', 200);
	$own->done;
};
requirement 'RFC 959 4.2: lines of a message that begin with a code end no reply' => sub {
	my $own = Inftpd::Test->new(conf => { dirmessage_enable => 'YES' });

	$own->file('.message', "first\n230 second\n\n 230 third\n");
	my $c = session($own);
	gives($c, 'USER alice', 331);
	same(scalar(() = gives($c, 'PASS secret', 230)), 5, 'lines');
	gives($c, 'NOOP', 200);
};

# --- 5.1 and 5.2 -------------------------------------------------------------

requirement 'RFC 959 5.1: USER, QUIT, PORT, TYPE, MODE, STRU, RETR, STOR, NOOP' => sub {
	my $c = alice();

	gives($c, $_, 200) for 'TYPE A N', 'MODE S', 'STRU F', 'NOOP';
	same(($c->stor('minimum', 'x', 'port'))[0], 226, 'STOR');
	same(($c->retr('minimum', 'port'))[0], 'x', 'RETR');
	gives($c, 'QUIT', 221);
};
requirement 'RFC 959 5.1: TYPE is ASCII Non-print until told otherwise' => sub {
	my $c = session($ascii, 'alice');

	$ascii->file('start', "a\n");
	same(($c->retr('start'))[0], "a\r\n", 'RETR');
};
requirement 'RFC 959 5.1: MODE is Stream and STRU File until told otherwise' => sub {
	my @lines = gives(alice(), 'STAT', 211);

	holds((grep { /STRUcture: File; transfer MODE: Stream/ } @lines), "@lines");
};

# --- 5.3 syntax --------------------------------------------------------------

requirement 'RFC 959 5.3: verbs and their letters in any case' => sub {
	my $c = alice();

	gives($c, 'nOoP', 200);
	gives($c, $_, 200) for 'type i', 'mode s', 'stru f', 'type a n';
	gives($c, 'cwd dir', 250);
};
requirement 'RFC 959 5.3: the case of a path name counts' => sub {
	gives(alice(), 'SIZE FILE', 550);
};
requirement 'RFC 959 5.3.1: one blank divides, the others are the name' => sub {
	my $c = alice();

	gives($c, 'MKD  two  blanks ', 257, qr{^"/ two  blanks "});
	holds(-d $server->data(' two  blanks '), 'made under that name');
};
requirement 'RFC 959 5.3: more blanks may be before what is no path' => sub {
	my $c = session($server);

	gives($c, 'USER  alice', 331);
	gives($c, 'PASS secret', 230);
	gives($c, $_, 200) for 'TYPE  I', 'MODE   S', 'STRU  F', 'NOOP  ',
	    'PORT  127,0,0,1,200,0';
	gives($c, 'ALLO  100', 202);
	gives($c, 'PASV  ', 227);
	gives($c, 'HELP  NOOP', 214);
};
requirement 'RFC 959 5.3.1: a command ends with CR LF, however it arrives' => sub {
	my $c = session($server);

	for my $byte (split //, "NOOP\r\nSYST\r\n") {
		$c->raw($byte);
		Time::HiRes::sleep(0.002);
	}
	then_gives($c, $_) for 200, 215;
};
requirement 'RFC 959 5.3.2: PORT is six decimals of a byte each' => sub {
	my $c = alice();

	gives($c, 'PORT 127,0,0,1,200,0', 200);
	gives($c, "PORT $_", 501) for '127,0,0,1,200', '127,0,0,1,200,0,0',
	    '127,0,0,256,200,0', '127,0,0,1,200,-1', '127.0.0.1,200,0',
	    '127,0,0,1,200,x', '';
};
requirement 'RFC 959 5.3.2: TYPE, MODE, STRU take their letters and no others' => sub {
	my $c = alice();

	gives($c, $_, 501) for 'TYPE X', 'TYPE AA', 'MODE X', 'MODE SS',
	    'STRU X', 'STRU FF', 'TYPE A X', 'TYPE E X', 'TYPE L', 'TYPE L x',
	    'TYPE L 0', 'TYPE L 256', 'TYPE I N';
	gives($c, $_, 504) for 'TYPE A C', 'TYPE E', 'TYPE E N', 'TYPE L 36';
};
requirement 'RFC 959 5.3.2: ALLO is a number, with R and a second one or not' => sub {
	my $c = alice();

	gives($c, $_, 501) for 'ALLO', 'ALLO x', 'ALLO 1 R', 'ALLO 1 X 2';
};
requirement 'RFC 959 5.3.2: a password may have blanks' => sub {
	my $own = Inftpd::Test->new(users => { bob =>
	    { password => crypt('two  words ', '$6$rounds=1000$salt$') } });
	my $c = session($own);

	gives($c, 'USER bob', 331);
	gives($c, 'PASS two  words ', 230);
};

# --- 5.4 replies of each command ---------------------------------------------

requirement 'RFC 959 5.4: a new connection hears 220 or 421' => sub {
	my $bad = Inftpd::Test->new(conf => { nonsense => 1 });
	my $c = $bad->start;

	then_gives($c, 421, undef, 'with a bad configuration');
	$c->{checked} = 1; # its status is 1
	then_gives($server->start, 220, undef, 'else');
};
requirement 'RFC 959 5.4: USER 230, 331, 500, 501, 530' => sub {
	my $c = session($server);

	gives($c, 'USER alice', 331);
	gives($c, 'USER', 501);
	$c->login('alice');
	gives($c, 'USER bob', 530);
	my $own = Inftpd::Test->new(conf => { no_anon_password => 'YES' });
	gives(session($own), 'USER ftp', 230);
};
requirement 'RFC 959 5.4: PASS 230, 501, 503, 530' => sub {
	my $c = session($server);

	gives($c, 'PASS x', 503);
	gives($c, 'USER alice', 331);
	gives($c, 'PASS wrong', 530);
	gives($c, 'USER alice', 331);
	gives($c, 'PASS secret', 230);
	gives($c, 'PASS secret', 503);
};
requirement 'RFC 959 5.4: ACCT 202, 501' => sub {
	my $c = alice();

	gives($c, 'ACCT', 501);
	gives($c, 'ACCT x', 202);
};
requirement 'RFC 959 5.4: CWD and CDUP 250, 501, 530, 550' => sub {
	my $c = session($server);

	gives($c, $_, 530) for 'CWD dir', 'CDUP';
	$c->login('alice');
	gives($c, $_, 250) for 'CWD dir', 'CDUP';
	gives($c, $_, 501) for 'CWD', 'CDUP x';
	gives($c, $_, 550) for 'CWD missing', 'CWD file';
};
requirement 'RFC 959 5.4: SMNT and REIN 502' => sub {
	my $c = alice();

	gives($c, $_, 502) for 'SMNT x', 'REIN';
};
requirement 'RFC 959 5.4: QUIT 221, 501' => sub {
	my $c = session($server);

	within($c, 'QUIT x', 500, 501);
	gives($c, 'QUIT', 221);
};
requirement 'RFC 959 5.4: PORT 200, 500, 501, 530' => sub {
	my $c = session($server);

	gives($c, 'PORT 127,0,0,1,200,0', 530);
	$c->login('alice');
	gives($c, 'PORT 127,0,0,1,200,0', 200);
	within($c, "PORT $_", 500, 501) for '', '127,0,0,2,200,0',
	    '127,0,0,1,0,21', '300,0,0,1,200,0';
};
requirement 'RFC 959 5.4: PASV 227, 501, 530' => sub {
	my $c = session($server);

	gives($c, 'PASV', 530);
	$c->login('alice');
	gives($c, 'PASV', 227);
	gives($c, 'PASV x', 501);
};
requirement 'RFC 959 5.4: MODE, TYPE and STRU 200, 501, 504, 530' => sub {
	my $c = session($server);

	gives($c, $_, 530) for 'MODE S', 'TYPE I', 'STRU F';
	$c->login('alice');
	gives($c, $_, 200) for 'MODE S', 'TYPE I', 'STRU F';
	gives($c, $_, 501) for 'MODE', 'TYPE', 'STRU', 'MODE 1', 'TYPE 1', 'STRU 1';
	gives($c, $_, 504) for 'MODE B', 'TYPE E', 'STRU R';
};
requirement 'RFC 959 5.4: ALLO 202, 501, 530' => sub {
	my $c = session($server);

	gives($c, 'ALLO 1', 530);
	$c->login('alice');
	gives($c, 'ALLO 1', 202);
	gives($c, 'ALLO', 501);
};
requirement 'RFC 959 5.4: REST 350, 501, 530' => sub {
	my $c = session($server);

	gives($c, 'REST 1', 530);
	$c->login('alice');
	gives($c, 'REST 1', 350);
	gives($c, "REST $_", 501) for '', 'x', '-1';
};
requirement 'RFC 959 5.4: STOR 150, 226, 425, 426, 450, 501, 530, 553' => sub {
	my $c = session($server);

	gives($c, 'STOR s', 530);
	$c->login('alice');
	gives($c, 'STOR s', 425);
	gives($c, 'STOR', 501);
	same(($c->stor('s', 'x'))[0], 226, 'STOR');
	$c->pasv;
	gives($c, 'STOR ' . 'n' x 256, 553);
	my $data = $c->pasv;
	gives($c, 'STOR s', 150);
	my $other = alice();
	$other->pasv;
	gives($other, 'STOR s', 450);
	$c->raw("ABOR\r\n");
	then_gives($c, $_) for 426, 226;
};
requirement 'RFC 959 5.4: STOR beyond what may be stored is 552' => sub {
	my $own = Inftpd::Test->new(users => { bob => { upload_max_size => 10 } });
	my $c = session($own, 'bob');

	same(($c->stor('s', 'x' x 11))[0], 552, 'STOR');
};
requirement 'RFC 959 5.4: STOR that is refused by the file system is 553' => sub {
	my $c = alice();

	for my $name ('missing/x', 'dir', '/', 'file/x') {
		for my $line ("STOR $name", "APPE $name") {
			$c->pasv;
			gives($c, $line, 553);
		}
	}
	$c->pasv;
	gives($c, 'STOU missing/x', 553);
};
requirement 'RFC 959 5.4: STOU 150, 226, 425, 530' => sub {
	my $c = session($server);

	gives($c, 'STOU', 530);
	$c->login('alice');
	gives($c, 'STOU', 425);
	same(($c->send_file('STOU', 'x'))[0], 226, 'STOU');
};
requirement 'RFC 959 5.4: RETR 150, 226, 425, 426, 450, 501, 530, 550' => sub {
	my $c = session($server);

	gives($c, 'RETR file', 530);
	$c->login('alice');
	gives($c, 'RETR file', 425);
	gives($c, 'RETR', 501);
	gives($c, "RETR $_", 550) for 'missing', 'dir', 'file/x';
	same(($c->retr('file'))[1], 226, 'RETR');
	my $data = $c->pasv;
	gives($c, 'STOR busy', 150);
	my $other = alice();
	$other->pasv;
	gives($other, 'RETR busy', 450);
	$c->raw("ABOR\r\n");
	then_gives($c, $_) for 426, 226;
};
requirement 'RFC 959 5.4: LIST and NLST 150, 226, 425, 530' => sub {
	my $c = session($server);

	gives($c, $_, 530) for 'LIST', 'NLST';
	$c->login('alice');
	gives($c, $_, 425) for 'LIST', 'NLST';
	for my $line ('LIST', 'NLST') {
		my (undef, $end, $begin) = $c->fetch($line);
		same("$begin $end", '150 226', $line);
	}
};
not_done 'RFC 959 5.4: LIST and NLST of a missing path are 450',
    '550: a name that is not there is no temporary condition, RFC 1123 4.1.2.11' => sub {
	my $c = alice();

	$c->pasv;
	within($c, 'LIST missing', 450);
};
requirement 'RFC 959 5.4: APPE 150, 226, 425, 501, 530, 553' => sub {
	my $c = session($server);

	gives($c, 'APPE a', 530);
	$c->login('alice');
	gives($c, 'APPE a', 425);
	gives($c, 'APPE', 501);
	same(($c->send_file('APPE a', 'x'))[0], 226, 'APPE');
	same(($c->send_file('APPE dir', 'x'))[0], 553, 'APPE dir');
};
requirement 'RFC 959 5.4: RNFR 350, 501, 530, 550' => sub {
	my $c = session($server);

	gives($c, 'RNFR file', 530);
	$c->login('alice');
	gives($c, 'RNFR file', 350);
	gives($c, 'RNFR', 501);
	gives($c, 'RNFR missing', 550);
};
requirement 'RFC 959 5.4: RNTO 250, 501, 503, 530, 553' => sub {
	my $c = session($server);

	$server->file('from', 'x');
	gives($c, 'RNTO x', 530);
	$c->login('alice');
	gives($c, 'RNTO x', 503);
	gives($c, 'RNFR from', 350);
	gives($c, 'RNTO', 501);
	gives($c, 'RNFR from', 350);
	gives($c, 'RNTO ' . 'n' x 256, 553);
	gives($c, 'RNFR from', 350);
	gives($c, 'RNTO to', 250);
};
requirement 'RFC 959 5.4: RNTO that is refused by the file system is 553' => sub {
	my $c = alice();

	for my $name ('missing/x', 'dir', '/', 'file/x') {
		gives($c, 'RNFR file', 350);
		gives($c, "RNTO $name", 553);
	}
};
requirement 'RFC 959 5.4: DELE and RMD 250, 501, 530, 550' => sub {
	my $c = session($server);

	gives($c, $_, 530) for 'DELE x', 'RMD x';
	$c->login('alice');
	$server->file('d/f');
	gives($c, $_, 501) for 'DELE', 'RMD';
	gives($c, $_, 550) for 'DELE missing', 'DELE d', 'RMD missing',
	    'RMD d', 'RMD d/f';
	gives($c, $_, 250) for 'DELE d/f', 'RMD d';
};
requirement 'RFC 959 5.4: MKD 257, 501, 530, 550' => sub {
	my $c = session($server);

	gives($c, 'MKD made', 530);
	$c->login('alice');
	gives($c, 'MKD', 501);
	gives($c, 'MKD made', 257);
	gives($c, "MKD $_", 550) for 'made', 'missing/made', 'file/made';
};
requirement 'RFC 959 5.4: PWD 257, 501' => sub {
	my $c = alice();

	gives($c, 'PWD', 257);
	gives($c, 'PWD x', 501);
};
not_done 'RFC 959 5.4: PWD and ABOR before login answer with a code of their lists',
    '530, for which 4.2.2 has no other code; 5.4 does not list it for the two' => sub {
	my $c = session($server);

	within($c, $_, 500, 501, 502, 550, 225) for 'PWD', 'ABOR';
};
requirement 'RFC 959 5.4: ABOR 225, 226, 501' => sub {
	my $c = alice();

	gives($c, 'ABOR', 225);
	gives($c, 'ABOR x', 501);
	$c->pasv_port;
	gives($c, 'ABOR', 226);
};
requirement 'RFC 959 5.4: SYST 215, 501' => sub {
	my $c = session($server);

	gives($c, 'SYST', 215);
	gives($c, 'SYST x', 501);
};
requirement 'RFC 959 5.4: STAT 211, 212, 213, 450, 530' => sub {
	my $c = session($server);

	gives($c, 'STAT', 211);
	gives($c, 'STAT file', 530);
	$c->login('alice');
	gives($c, 'STAT', 211);
	gives($c, 'STAT dir', 212);
	gives($c, 'STAT file', 213);
	my $data = $c->pasv;
	gives($c, 'RETR large', 150);
	gives($c, 'STAT file', 450);
};
not_done 'RFC 959 5.4: STAT of a missing path is 450',
    '550, as for LIST' => sub {
	within(alice(), 'STAT missing', 450);
};
requirement 'RFC 959 5.4: HELP 214, 502' => sub {
	my $c = session($server);

	gives($c, $_, 214) for 'HELP', 'HELP STOR';
	gives($c, 'HELP XYZZY', 502);
};
requirement 'RFC 959 5.4: SITE 200, 500, 501, 530' => sub {
	my $c = session($server);

	gives($c, 'SITE HELP', 530);
	$c->login('alice');
	gives($c, 'SITE', 501);
	gives($c, 'SITE XYZZY', 500);
	gives($c, 'SITE UMASK 022', 200);
	gives($c, 'SITE UMASK 9', 501);
};
requirement 'RFC 959 5.4: NOOP 200' => sub {
	gives(session($server), 'NOOP', 200);
};

# --- appendix II -------------------------------------------------------------

requirement 'RFC 959 II: PWD quotes the name, and doubles quotes in it' => sub {
	my $c = alice();

	$server->dir('say "hi"');
	gives($c, 'CWD say "hi"', 250);
	gives($c, 'PWD', 257, qr{^"/say ""hi"""( |$)});
};
requirement 'RFC 959 II: PWD tells a name with control bytes as it is' => sub {
	my $c = alice();

	$server->dir("tab\there");
	gives($c, "CWD tab\there", 250);
	gives($c, 'PWD', 257, qr{^"/tab\there"});
};
requirement 'RFC 959 II: MKD tells an absolute name that CWD takes' => sub {
	my $c = alice();

	gives($c, 'CWD dir', 250);
	my ($line) = gives($c, 'MKD sub "q"', 257);
	my ($name) = $line =~ /^257 "((?:[^"]|"")*)"( |$)/;
	$name =~ s/""/"/g;
	same($name, '/dir/sub "q"', 'MKD');
	gives($c, 'CDUP', 250);
	gives($c, "CWD $name", 250);
};
requirement 'RFC 959 II: MKD of an absolute name makes it there' => sub {
	my $c = alice();

	gives($c, 'CWD dir', 250);
	gives($c, 'MKD /absolute', 257, qr{^"/absolute"});
	holds(-d $server->data('absolute'), 'made');
};
requirement 'RFC 959 II: MKD of what is there already is 550' => sub {
	gives(alice(), 'MKD dir', 550);
};

$_->done for $server, $ascii;
done_testing;
